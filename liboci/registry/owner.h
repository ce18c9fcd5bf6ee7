/* SPDX-License-Identifier: Apache-2.0 */
/* Owners of hosts: whether a host may get the credentials of another one. */
#ifndef REGISTRY_OWNER_H
#define REGISTRY_OWNER_H

#include "registry/client.h"

/* Returns whether a token server, "HOST" or "HOST:PORT", may get the
 * credentials of the client's registry: it has the same host, the same owner,
 * is a known server of the registry, or is allowed by the options. */
bool oci_owner_trusts(const struct oci_client *client, const char *host);

#endif
