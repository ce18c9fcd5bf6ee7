/* SPDX-License-Identifier: Apache-2.0 */
/* The Link header: RFC 8288, "Link Serialisation in HTTP Headers". */
#ifndef REGISTRY_LINK_H
#define REGISTRY_LINK_H

#include "registry/http.h"

/*
 * The target of the answer's first link whose relation is "next", as it stands
 * there; *out is NULL where there is none, and the caller frees it. A header
 * that cannot be read is OCI_E_INVALID: it may have had such a link.
 */
int oci_link_next(char **out, const struct oci_http_response *response,
		  struct oci_error *err);

#endif
