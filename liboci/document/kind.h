/* SPDX-License-Identifier: Apache-2.0 */
/* What a document is that comes without a descriptor. */
#ifndef DOCUMENT_KIND_H
#define DOCUMENT_KIND_H

#include <stddef.h>

#include <oci/error.h>

/*
 * The media type of a manifest or index: its own, else by its members, which
 * OCI leaves the choice. Static. Docker's schema 1 is OCI_E_UNSUPPORTED.
 */
int oci_document_kind(const char **out, const char *json, size_t size,
		      struct oci_error *err);

#endif
