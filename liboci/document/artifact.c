/* SPDX-License-Identifier: Apache-2.0 */
/* OCI Image Specification 1.1.0-rc2, artifact.md. */
#include "document/artifact.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/descriptor.h"
#include "document/json.h"

bool oci_media_is_artifact(const char *media_type)
{
	return media_type && strcmp(media_type, OCI_MEDIA_ARTIFACT) == 0;
}

bool oci_media_is_document(const char *media_type)
{
	return oci_media_is_manifest(media_type) ||
	       oci_media_is_index(media_type) ||
	       oci_media_is_artifact(media_type);
}

static int read_artifact(struct oci_manifest *out, const json_t *json,
			 struct oci_error *err)
{
	const json_t *subject = NULL;
	int rc = oci_json_text(&out->media_type, json, "mediaType", err);

	if (!rc && !oci_media_is_artifact(out->media_type))
		rc = oci_fail(err, OCI_E_INVALID, "its mediaType is '%.100s'",
			      out->media_type ? out->media_type : "");
	if (!rc && (json_object_get(json, "layers") ||
		    json_object_get(json, "manifests")))
		rc = oci_fail(err, OCI_E_INVALID,
			      "a document of this type cannot have layers or "
			      "manifests");
	if (!rc)
		rc = oci_json_text(&out->artifact_type, json, "artifactType",
				   err);
	if (!rc)
		rc = oci_json_pairs(&out->annotations, json, "annotations",
				    err);
	if (!rc)
		rc = oci_json_object(&subject, json, "subject", err);
	if (!rc && subject) {
		out->has_subject = true;
		rc = oci_descriptor_read(&out->subject, subject, err);
	}
	return rc ? rc : oci_descriptors_read(&out->layers, json, "blobs", err);
}

int oci_artifact_parse(struct oci_manifest *out, const char *json, size_t size,
		       struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, json, size, err);

	*out = (struct oci_manifest){ 0 };
	if (!rc)
		rc = read_artifact(out, root, err);
	json_decref(root);
	if (!rc)
		return 0;
	oci_manifest_release(out);
	return oci_wrap(err, rc, "artifact manifest");
}
