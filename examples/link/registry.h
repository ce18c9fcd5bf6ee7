/* SPDX-License-Identifier: Apache-2.0 */
/* What the examples for registries share: a client that logs in with what
 * docker login and podman login have kept. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include <stdlib.h>

#include <oci/oci.h>

static const char *variable(void *data, const char *name)
{
	(void)data;
	return getenv(name);
}

/* Opens a client. *files gets the paths of the files with credentials; free it
 * after the client. */
static int open_registry(struct oci_registry **out, struct oci_strings *files,
			 struct oci_error *err)
{
	struct oci_registry_options options = OCI_REGISTRY_OPTIONS_INIT;
	int rc = oci_credential_files(files, variable, NULL, err);

	options.credential = oci_credential_from_files;
	options.credential_data = files;
	return rc ? rc : oci_registry_new(out, &options, err);
}

#endif
