/* SPDX-License-Identifier: Apache-2.0 */
#include "document/document.h"

#include "document/artifact.h"

int oci_document_parse(struct oci_document *out, const char *json,
		       const struct oci_descriptor *descriptor,
		       struct oci_error *err)
{
	const char *type = descriptor->media_type;
	size_t size = (size_t)descriptor->size;

	*out = (struct oci_document){ .is_index = oci_media_is_index(type) };
	if (out->is_index)
		return oci_index_parse(&out->index, json, size, type, err);
	if (oci_media_is_artifact(type))
		return oci_artifact_parse(&out->manifest, json, size, err);
	return oci_manifest_parse(&out->manifest, json, size, type, err);
}

void oci_document_release(struct oci_document *document)
{
	oci_index_release(&document->index);
	oci_manifest_release(&document->manifest);
	*document = (struct oci_document){ 0 };
}
