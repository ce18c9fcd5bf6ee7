/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts of the docker command: FOLDER/config.json names one, whose files are
 * FOLDER/contexts/meta/ID/meta.json and FOLDER/contexts/tls/ID/docker. ID is
 * the sha256 of the name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <oci/digest.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/engine.h"
#include "engine/address.h"
#include "io/file.h"

enum { PATH_ROOM = 4096, FILE_MAX = 4 * 1024 * 1024 };

const char *oci_engine_variable(const struct oci_engine_options *options,
				const char *name)
{
	const char *value = options->variable(options->data, name);

	return value && *value ? value : NULL;
}

int oci_engine_docker_folder(char **out,
			     const struct oci_engine_options *options,
			     struct oci_error *err)
{
	const char *folder = oci_engine_variable(options, "DOCKER_CONFIG");
	const char *home = oci_engine_variable(options, "HOME");

	*out = NULL;
	if (folder)
		return oci_text_copy(out, folder, err);
	return home ? oci_format(out, PATH_ROOM, err, "%s/%s", home, ".docker")
		    : 0;
}

/* A file that does not exist has no context. */
static int read_current(char **out, const char *folder, struct oci_error *err)
{
	char *path, *text;
	size_t size;
	int rc = oci_format(&path, PATH_ROOM, err, "%s/%s", folder,
			    "config.json");

	if (rc)
		return rc;
	rc = oci_file_load(&text, &size, path, FILE_MAX, err);
	if (rc == OCI_E_NOT_FOUND) {
		free(path);
		return 0;
	}
	if (!rc) {
		rc = oci_engine_config_parse(out, text, size, err);
		free(text);
		if (rc)
			rc = oci_wrap(err, rc, "'%s'", path);
	}
	free(path);
	return rc;
}

static int read_meta(struct oci_docker_context *out, const char *path,
		     struct oci_error *err)
{
	char *text;
	size_t size;
	int rc = oci_file_load(&text, &size, path, FILE_MAX, err);

	if (rc == OCI_E_NOT_FOUND)
		return oci_fail(err, rc,
				"there is no Docker context '%.200s': 'docker "
				"context ls' lists them; DOCKER_CONTEXT or "
				"'docker context use' chooses one",
				out->name);
	if (rc)
		return rc;
	rc = oci_engine_context_parse(&out->host, &out->insecure, text, size,
				      err);
	free(text);
	return rc ? oci_wrap(err, rc, "'%s'", path) : 0;
}

static int read_files(struct oci_docker_context *out, const char *folder,
		      struct oci_error *err)
{
	char name[160], *path = NULL;
	struct oci_digest id;
	int rc = oci_digest_data(&id, out->name, strlen(out->name), err);

	if (rc)
		return rc;
	snprintf(name, sizeof(name), "contexts/meta/%.64s/meta.json",
		 oci_digest_hex(&id));
	rc = oci_format(&path, PATH_ROOM, err, "%s/%s", folder, name);
	if (!rc)
		rc = read_meta(out, path, err);
	free(path);
	if (rc)
		return rc;
	snprintf(name, sizeof(name), "contexts/tls/%.64s/docker",
		 oci_digest_hex(&id));
	rc = oci_format(&out->certs, PATH_ROOM, err, "%s/%s", folder, name);
	if (!rc && access(out->certs, F_OK) != 0)
		rc = oci_text_set(&out->certs, NULL, err);
	return rc;
}

int oci_docker_context_read(struct oci_docker_context *out,
			    const struct oci_engine_options *options,
			    struct oci_error *err)
{
	const char *named = oci_engine_variable(options, "DOCKER_CONTEXT");
	char *folder;
	int rc;

	*out = (struct oci_docker_context){ 0 };
	rc = oci_engine_docker_folder(&folder, options, err);
	if (rc)
		return rc;
	if (named)
		rc = oci_text_copy(&out->name, named, err);
	else if (folder)
		rc = read_current(&out->name, folder, err);
	if (!rc && out->name &&
	    (!*out->name || strcmp(out->name, "default") == 0))
		rc = oci_text_set(&out->name, NULL, err);
	if (!rc && out->name && !folder)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "the Docker context '%.200s' is in HOME/.docker, "
			      "and HOME is not set",
			      out->name);
	if (!rc && out->name)
		rc = read_files(out, folder, err);
	free(folder);
	return rc;
}

void oci_docker_context_release(struct oci_docker_context *context)
{
	free(context->name);
	free(context->host);
	free(context->certs);
	*context = (struct oci_docker_context){ 0 };
}
