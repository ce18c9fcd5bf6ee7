/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells manifests and indexes apart. OCI Image Specification, manifest.md and
 * image-index.md, where mediaType is optional. Docker's schema 1 has
 * schemaVersion 1; its schema 2 always has a mediaType.
 */
#include "document/kind.h"

#include <stdlib.h>
#include <string.h>

#include <oci/descriptor.h>

#include "base/error.h"
#include "document/json.h"

static int by_type(const char **out, const char *type, struct oci_error *err)
{
	static const char *const types[] = {
		OCI_MEDIA_MANIFEST, OCI_MEDIA_INDEX,
		OCI_MEDIA_DOCKER_MANIFEST, OCI_MEDIA_DOCKER_INDEX,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0) {
			*out = types[i];
			return 0;
		}
	return oci_fail(err, OCI_E_UNSUPPORTED,
			"its media type '%s' is not that of an "
			"image",
			type);
}

static int by_members(const char **out, const json_t *root,
		      struct oci_error *err)
{
	if (json_is_array(json_object_get(root, "manifests")))
		*out = OCI_MEDIA_INDEX;
	else if (json_is_object(json_object_get(root, "config")))
		*out = OCI_MEDIA_MANIFEST;
	else
		return oci_fail(err, OCI_E_INVALID,
				"it is neither a manifest nor an index");
	return 0;
}

int oci_document_kind(const char **out, const char *json, size_t size,
		      struct oci_error *err)
{
	int64_t version = 0;
	char *type = NULL;
	json_t *root;
	int rc = oci_json_load(&root, json, size, err);

	*out = NULL;
	if (!rc)
		rc = oci_json_integer(&version, root, "schemaVersion", err);
	if (!rc && version == 1)
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "it is in Docker's schema 1, which nothing can "
			      "run from any more: save it by skopeo copy "
			      "--format oci");
	if (!rc)
		rc = oci_json_text(&type, root, "mediaType", err);
	if (!rc)
		rc = type ? by_type(out, type, err) :
			    by_members(out, root, err);
	free(type);
	json_decref(root);
	return rc;
}
