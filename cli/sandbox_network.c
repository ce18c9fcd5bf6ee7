/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a sandbox allows for connections to registries: of resolvers
 * and certificates, and the file of mount candidates. */
#define _DEFAULT_SOURCE /* DT_REG */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "remote.h"
#include "sandbox.h"

/* Files that getaddrinfo(3) reads; /run has what /etc/resolv.conf may be a link
 * to, and what replaces it. */
static const char *const resolver_files[] = {
	"/etc/resolv.conf",
	"/etc/hosts",
	"/etc/host.conf",
	"/etc/nsswitch.conf",
	"/etc/gai.conf",
	"/etc/services",
	"/run/systemd/resolve",
	"/run/resolvconf",
	"/run/NetworkManager/resolv.conf",
};

static int add(struct sandbox *sandbox, const char *path, struct oci_error *err)
{
	return path && *path ? oci_strings_add(&sandbox->reads, path, err) : 0;
}

/* A folder for certificates. Its files may be links to files elsewhere. */
static int add_certificates(struct sandbox *sandbox, const char *folder,
			    struct oci_error *err)
{
	char path[4096];
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	int rc = dir ? add(sandbox, folder, err) : 0;

	while (dir && !rc && (entry = readdir(dir)))
		if (entry->d_type != DT_REG && entry->d_type != DT_DIR &&
		    snprintf(path, sizeof(path), "%s/%s", folder,
			     entry->d_name) < (int)sizeof(path))
			rc = add(sandbox, path, err);
	if (dir)
		closedir(dir);
	return rc;
}

/* Names that mDNS resolves: RFC 6762, 3. */
static bool is_local(const char *host)
{
	const char *end = strrchr(host, ':');
	size_t size = end ? (size_t)(end - host) : strlen(host);

	return size > 6 && strncasecmp(host + size - 6, ".local", 6) == 0;
}

int sandbox_add_host(struct sandbox *sandbox, const char *host,
		     struct oci_error *err)
{
	const struct oci_strings *folders = &sandbox->remote->certs;
	char path[4096];
	int rc = 0;

	sandbox->network = true;
	sandbox->local_sockets = sandbox->local_sockets || is_local(host);
	for (size_t i = 0; !rc && i < folders->count; i++)
		if (snprintf(path, sizeof(path), "%s/%s", folders->items[i],
			     host) < (int)sizeof(path))
			rc = add_certificates(sandbox, path, err);
	return rc;
}

/* OpenSSL's list of folders. */
static int add_list(struct sandbox *sandbox, const char *list,
		    struct oci_error *err)
{
	char *copy = list ? strdup(list) : NULL, *rest = NULL;
	int rc = 0;

	if (list && !copy)
		return fail_nomem(err);
	for (const char *path = copy ? strtok_r(copy, ":", &rest) : NULL;
	     path && !rc; path = strtok_r(NULL, ":", &rest))
		rc = add_certificates(sandbox, path, err);
	free(copy);
	return rc;
}

static int add_folder_of(struct sandbox *sandbox, const char *path,
			 struct oci_error *err)
{
	char *folder = strdup(path), *slash;
	int rc = 0;

	if (!folder)
		return fail_nomem(err);
	slash = strrchr(folder, '/');
	if (slash) {
		*slash = '\0';
		rc = sandbox_add_folder(sandbox, folder, err);
	}
	free(folder);
	return rc;
}

int sandbox_add_network(struct sandbox *sandbox, struct oci_error *err)
{
	const struct remote_options *o = sandbox->remote;
	const size_t count = sizeof(resolver_files) / sizeof(resolver_files[0]);
	int rc = add(sandbox, o->ca_file, err);

	if (!rc)
		rc = add(sandbox, o->src.ca_file, err);
	if (!rc)
		rc = add(sandbox, o->dest.ca_file, err);
	if (!rc)
		rc = add(sandbox, getenv("SSL_CERT_FILE"), err);
	if (!rc)
		rc = add_list(sandbox, getenv("SSL_CERT_DIR"), err);
	for (size_t i = 0; !rc && i < o->certs.count; i++)
		rc = add(sandbox, o->certs.items[i], err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = add(sandbox, resolver_files[i], err);
	if (rc || !o->mount_candidates)
		return rc;
	/* A dry run reads the file and does not change it. */
	return o->dry_run ? add(sandbox, o->mount_candidates, err)
			  : add_folder_of(sandbox, o->mount_candidates, err);
}
