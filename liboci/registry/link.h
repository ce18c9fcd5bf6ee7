/* SPDX-License-Identifier: Apache-2.0 */
/* The Link header: RFC 8288, "Link Serialisation in HTTP Headers". */
#ifndef REGISTRY_LINK_H
#define REGISTRY_LINK_H

#include "registry/http.h"

/*
 * Finds the first link of the answer whose relation is "next", and copies its
 * target as it is written. *out is NULL if there is none; the caller frees it.
 * OCI_E_INVALID: a header has a syntax error, and such a link may have been
 * lost.
 */
int oci_link_next(char **out, const struct oci_http_response *response,
		  struct oci_error *err);

#endif
