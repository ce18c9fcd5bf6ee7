/* SPDX-License-Identifier: Apache-2.0 */
/* The kind of a document without a descriptor. */
#ifndef DOCUMENT_KIND_H
#define DOCUMENT_KIND_H

#include <stddef.h>

#include <oci/error.h>

/*
 * Finds the media type of a manifest or index: its mediaType, which is optional
 * in OCI, or else by its members. *out is static. Docker's schema 1 is
 * OCI_E_UNSUPPORTED.
 */
int oci_document_kind(const char **out, const char *json, size_t size,
		      struct oci_error *err);

#endif
