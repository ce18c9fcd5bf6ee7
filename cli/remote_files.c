/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the environment for the library, which does not: files of credentials,
 * folders of certificates, the file of mount candidates, proxies.
 */
#include "bases.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 4096 };

/* A path that is too long counts as absent. */
static bool add_path(struct oci_strings *out, const char *folder,
		     const char *name)
{
	char path[PATH_ROOM];
	int n;

	if (!folder || !*folder)
		return true;
	n = snprintf(path, sizeof(path), "%s%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return true;
	return oci_strings_add(out, path, NULL) == 0;
}

static const char *variable(void *data, const char *name)
{
	(void)data;
	return getenv(name);
}

/* --authfile comes before all other files. */
static bool find_credentials(struct remote_options *o)
{
	return add_path(&o->files, o->authfile, "") &&
	       oci_credential_files(&o->files, variable, NULL, NULL) == 0;
}

static bool find_certificates(struct remote_options *o)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	bool named = config && *config;

	return (named ? add_path(&o->certs, config, "/containers/certs.d") :
			add_path(&o->certs, getenv("HOME"),
				 "/.config/containers/certs.d")) &&
	       add_path(&o->certs, "/etc/containers/certs.d", "") &&
	       add_path(&o->certs, "/etc/docker/certs.d", "");
}

char *cache_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char path[PATH_ROOM];
	int n;

	if (cache && *cache == '/')
		n = snprintf(path, sizeof(path), "%s/oci-pack", cache);
	else if (home && *home)
		n = snprintf(path, sizeof(path), "%s/.cache/oci-pack", home);
	else
		return NULL;
	return n > 0 && (size_t)n < sizeof(path) ? strdup(path) : NULL;
}

/* The file of mount candidates is in the cache folder. */
static bool find_sightings(struct remote_options *o)
{
	char *folder = cache_folder();
	size_t size = folder ? strlen(folder) + sizeof("/seen") : 0;

	o->mount_candidates = folder ? malloc(size) : NULL;
	if (o->mount_candidates)
		snprintf(o->mount_candidates, size, "%s/seen", folder);
	free(folder);
	return true;
}

bool remote_find_files(struct remote_options *o)
{
	return find_credentials(o) && find_certificates(o) &&
	       find_sightings(o);
}

char *remote_config_path(const struct remote_options *o)
{
	const char *docker = getenv("DOCKER_CONFIG");
	const char *home = getenv("HOME");
	char path[PATH_ROOM];

	if (o->authfile)
		return strdup(o->authfile);
	if (docker && *docker)
		snprintf(path, sizeof(path), "%s/config.json", docker);
	else if (home && *home)
		snprintf(path, sizeof(path), "%s/.docker/config.json", home);
	else
		return NULL;
	return strdup(path);
}

/* Capitals first, as in Go; an empty variable counts as absent. */
static const char *either(const char *capitals, const char *small)
{
	const char *value = getenv(capitals);

	value = value && *value ? value : getenv(small);
	return value && *value ? value : NULL;
}

void remote_find_proxies(struct oci_registry_options *out)
{
	/* In a CGI program, HTTP_PROXY is the header "Proxy" of the client. */
	out->http_proxy = getenv("REQUEST_METHOD")
				  ? getenv("http_proxy")
				  : either("HTTP_PROXY", "http_proxy");
	out->https_proxy = either("HTTPS_PROXY", "https_proxy");
	out->all_proxy = either("ALL_PROXY", "all_proxy");
	out->no_proxy = either("NO_PROXY", "no_proxy");
}
