/* SPDX-License-Identifier: Apache-2.0 */
/* Where the credentials for registries come from: --username, the config files
 * and helpers of Docker and Podman, and the token of a GitHub workflow. */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "remote.h"

/* Looks up the credential of a repository: --username if it is for the host;
 * then from the broker (broker.h) if it was started, otherwise by
 * credentials_read; then, for ghcr.io, GITHUB_TOKEN. An oci_credential_fn; data
 * is a struct remote_side, borrowed. Any thread may call it. */
int credentials_find(void *data, struct oci_credential *out, const char *host,
		     const char *repository, struct oci_error *err);
/* Reads --src-authfile or --dest-authfile, then the other config files, and
 * runs the credential helpers that they name. The caller releases *out, which
 * stays empty if there is no credential. Errors: those of oci_credential_find.
 */
int credentials_read(struct oci_credential *out, const struct remote_side *side,
		     const char *host, const char *repository,
		     struct oci_error *err);

#endif
