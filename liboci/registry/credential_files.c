/* SPDX-License-Identifier: Apache-2.0 */
/* The files in which docker login and podman login store credentials: Docker's
 * config.json, and containers-auth.json(5). */
#include <stdio.h>
#include <unistd.h>

#include <oci/registry.h>

#include "base/error.h"

enum { PATH_ROOM = 4096 };

struct environment {
	oci_variable_fn *variable;
	void *data;
};

static const char *get(const struct environment *e, const char *name)
{
	const char *value = e->variable(e->data, name);

	return value && *value ? value : NULL;
}

/* Adds the path FOLDER NAME. Does nothing if folder is NULL or the path is too
 * long. */
static int add(struct oci_strings *out, const char *folder, const char *name,
	       struct oci_error *err)
{
	char path[PATH_ROOM];
	int n;

	if (!folder)
		return 0;
	n = snprintf(path, sizeof(path), "%s%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return 0;
	return oci_strings_add(out, path, err);
}

/* podman login writes to one of these; the variables may have been set
 * differently then. */
static int add_podmans(struct oci_strings *out, const struct environment *e,
		       struct oci_error *err)
{
	const char *config = get(e, "XDG_CONFIG_HOME");
	char folder[64];
	int rc;

	snprintf(folder, sizeof(folder), "/run/containers/%lu",
		 (unsigned long)getuid());
	rc = add(out, get(e, "XDG_RUNTIME_DIR"), "/containers/auth.json", err);
	if (!rc)
		rc = add(out, folder, "/auth.json", err);
	if (!rc && config)
		rc = add(out, config, "/containers/auth.json", err);
	else if (!rc)
		rc = add(out, get(e, "HOME"), "/.config/containers/auth.json",
			 err);
	return rc;
}

int oci_credential_files(struct oci_strings *out, oci_variable_fn *variable,
			 void *data, struct oci_error *err)
{
	const struct environment e = { variable, data };
	const char *docker = get(&e, "DOCKER_CONFIG");
	int rc = add(out, get(&e, "REGISTRY_AUTH_FILE"), "", err);

	if (!rc && docker)
		rc = add(out, docker, "/config.json", err);
	else if (!rc)
		rc = add(out, get(&e, "HOME"), "/.docker/config.json", err);
	return rc ? rc : add_podmans(out, &e, err);
}

int oci_credential_from_files(void *files, struct oci_credential *out,
			      const char *host, const char *repository,
			      struct oci_error *err)
{
	return oci_credential_find(out, files, host, repository, NULL, err);
}
