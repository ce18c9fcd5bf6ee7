/* SPDX-License-Identifier: Apache-2.0 */
/* A document that other documents name: an index or a manifest. */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include <oci/manifest.h>

struct oci_document {
	bool is_index;
	struct oci_index index;	      /* if is_index */
	struct oci_manifest manifest; /* otherwise; artifact.h says what it has
				       * of an artifact manifest */
};

/* Parses a document of the descriptor's media type and size. The caller
 * releases *out after success. Errors: those of oci_index_parse. */
int oci_document_parse(struct oci_document *out, const char *json,
		       const struct oci_descriptor *descriptor,
		       struct oci_error *err);
void oci_document_release(struct oci_document *document);

#endif
