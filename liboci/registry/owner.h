/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two hosts belong to one owner, so that one may have the credentials
 * of the other. */
#ifndef REGISTRY_OWNER_H
#define REGISTRY_OWNER_H

#include "registry/client.h"

/* Whether a token server, "HOST" or "HOST:PORT", may have the credentials of
 * the client's registry: it has the registry's name, or a name of the same
 * owner, or is known to be the registry's, or the options allow it. */
bool oci_owner_trusts(const struct oci_client *client, const char *host);

#endif
