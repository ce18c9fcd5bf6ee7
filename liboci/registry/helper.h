/* SPDX-License-Identifier: Apache-2.0 */
/* Credential helpers: programs that store passwords for Docker. */
#ifndef REGISTRY_HELPER_H
#define REGISTRY_HELPER_H

#include <oci/registry.h>

/* Asks docker-credential-NAME for the credentials of host; *out stays empty if
 * it has none. Kills the helper when *cancelled (may be NULL) is set. */
int oci_helper_get(struct oci_credential *out, const char *name,
		   const char *host, volatile const int *cancelled,
		   struct oci_error *err);
/* Stores user and password of host with docker-credential-NAME. */
int oci_helper_store(const char *name, const char *host,
		     const struct oci_credential *credential,
		     struct oci_error *err);

#endif
