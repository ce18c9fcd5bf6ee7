/* SPDX-License-Identifier: Apache-2.0 */
/* Credential helpers: programs that keep passwords for Docker. */
#ifndef REGISTRY_HELPER_H
#define REGISTRY_HELPER_H

#include <oci/registry.h>

/* Asks docker-credential-NAME for host; leaves *out empty where it knows
 * nothing. It is ended where *cancelled (may be NULL) is set meanwhile. */
int oci_helper_get(struct oci_credential *out, const char *name,
		   const char *host, volatile const int *cancelled,
		   struct oci_error *err);
/* Gives docker-credential-NAME user and password of host to keep. */
int oci_helper_store(const char *name, const char *host,
		     const struct oci_credential *credential,
		     struct oci_error *err);

#endif
