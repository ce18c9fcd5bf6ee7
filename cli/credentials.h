/* SPDX-License-Identifier: Apache-2.0 */
/* Where the credentials for registries come from: --username, the config files
 * and helpers of Docker and Podman, and the token of a GitHub workflow. */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "remote.h"

/* An oci_credential_fn; data is a struct remote_side. */
int credentials_find(void *data, struct oci_credential *out, const char *host,
		     const char *repository, struct oci_error *err);
/* Reads the config files and asks helpers. *out stays empty if there is no
 * credential. */
int credentials_read(struct oci_credential *out, const struct remote_side *side,
		     const char *host, const char *repository,
		     struct oci_error *err);

#endif
