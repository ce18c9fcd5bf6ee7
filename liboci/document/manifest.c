/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests and indexes as JSON.
 * OCI Image Specification, manifest.md and image-index.md.
 */
#include <stdlib.h>
#include <string.h>

#include <oci/manifest.h>

#include "base/error.h"
#include "base/text.h"
#include "document/descriptor.h"
#include "document/json.h"

void oci_manifest_release(struct oci_manifest *manifest)
{
	free(manifest->media_type);
	free(manifest->artifact_type);
	oci_descriptor_release(&manifest->config);
	oci_descriptors_release(&manifest->layers);
	oci_descriptor_release(&manifest->subject);
	oci_pairs_release(&manifest->annotations);
	*manifest = (struct oci_manifest){0};
}

void oci_index_release(struct oci_index *index)
{
	free(index->media_type);
	free(index->artifact_type);
	oci_descriptors_release(&index->manifests);
	oci_descriptor_release(&index->subject);
	oci_pairs_release(&index->annotations);
	*index = (struct oci_index){0};
}

/* Checks the members that both documents have. */
static int check_head(const json_t *json, const char *media_type,
		      const char *foreign, struct oci_error *err)
{
	int64_t version = 0;
	const char *own = json_string_value(json_object_get(json,
							    "mediaType"));
	int rc = oci_json_integer(&version, json, "schemaVersion", err);

	if (rc)
		return rc;
	if (version != 2)
		return oci_fail(err, OCI_E_INVALID, "schemaVersion is not 2");
	if (json_object_get(json, foreign))
		return oci_fail(err, OCI_E_INVALID,
				"a document of this type cannot have '%s'",
				foreign);
	if (own && media_type && strcmp(own, media_type) != 0)
		return oci_fail(err, OCI_E_INVALID,
				"mediaType is '%s', '%s' was expected", own,
				media_type);
	return 0;
}

/* Reads the members that both documents have. */
static int read_common(char **media_type, char **artifact_type,
		       struct oci_descriptor *subject, bool *has_subject,
		       struct oci_pairs *annotations, const json_t *json,
		       struct oci_error *err)
{
	const json_t *member;
	int rc = oci_json_text(media_type, json, "mediaType", err);

	if (!rc)
		rc = oci_json_text(artifact_type, json, "artifactType", err);
	if (!rc)
		rc = oci_json_pairs(annotations, json, "annotations", err);
	if (!rc)
		rc = oci_json_object(&member, json, "subject", err);
	if (!rc && member) {
		*has_subject = true;
		rc = oci_descriptor_read(subject, member, err);
	}
	return rc;
}

static int manifest_read(struct oci_manifest *out, const json_t *json,
			 const char *media_type, struct oci_error *err)
{
	int rc = check_head(json, media_type, "manifests", err);

	if (!rc)
		rc = read_common(&out->media_type, &out->artifact_type,
				 &out->subject, &out->has_subject,
				 &out->annotations, json, err);
	if (!rc && out->media_type && !oci_media_is_manifest(out->media_type))
		rc = oci_fail(err, OCI_E_INVALID,
			      "mediaType '%s' is not a manifest's",
			      out->media_type);
	if (!rc) {
		rc = oci_descriptor_read(&out->config,
					 json_object_get(json, "config"), err);
		if (rc)
			rc = oci_wrap(err, rc, "config");
	}
	if (!rc)
		rc = oci_descriptors_read(&out->layers, json, "layers", err);
	return rc;
}

int oci_manifest_parse(struct oci_manifest *out, const char *json, size_t size,
		       const char *media_type, struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, json, size, err);

	*out = (struct oci_manifest){0};
	if (!rc)
		rc = manifest_read(out, root, media_type, err);
	json_decref(root);
	if (!rc)
		return 0;
	oci_manifest_release(out);
	return oci_wrap(err, rc, "manifest");
}

static int index_read(struct oci_index *out, const json_t *json,
		      const char *media_type, struct oci_error *err)
{
	int rc = check_head(json, media_type, "layers", err);

	if (!rc)
		rc = read_common(&out->media_type, &out->artifact_type,
				 &out->subject, &out->has_subject,
				 &out->annotations, json, err);
	if (!rc && out->media_type && !oci_media_is_index(out->media_type))
		rc = oci_fail(err, OCI_E_INVALID,
			      "mediaType '%s' is not an index's",
			      out->media_type);
	if (!rc)
		rc = oci_descriptors_read(&out->manifests, json, "manifests",
					  err);
	return rc;
}

int oci_index_parse(struct oci_index *out, const char *json, size_t size,
		    const char *media_type, struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, json, size, err);

	*out = (struct oci_index){0};
	if (!rc)
		rc = index_read(out, root, media_type, err);
	json_decref(root);
	if (!rc)
		return 0;
	oci_index_release(out);
	return oci_wrap(err, rc, "index");
}

static int write_descriptor(json_t *object, const char *name,
			    const struct oci_descriptor *descriptor,
			    struct oci_error *err)
{
	json_t *value;
	int rc = oci_descriptor_write(&value, descriptor, err);

	return rc ? rc : oci_json_set(object, name, value, err);
}

static int write_head(json_t *root, const char *media_type,
		      const char *artifact_type, struct oci_error *err)
{
	int rc = oci_json_set_integer(root, "schemaVersion", 2, err);

	if (!rc)
		rc = oci_json_set_text(root, "mediaType", media_type, err);
	if (!rc)
		rc = oci_json_set_text(root, "artifactType", artifact_type,
				       err);
	return rc;
}

int oci_manifest_format(char **out, const struct oci_manifest *manifest,
			struct oci_error *err)
{
	json_t *root = json_object();
	int rc = root ? 0 : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = write_head(root, manifest->media_type,
				manifest->artifact_type, err);
	if (!rc)
		rc = write_descriptor(root, "config", &manifest->config, err);
	if (!rc)
		rc = oci_descriptors_write(root, "layers", &manifest->layers,
					   err);
	if (!rc && manifest->has_subject)
		rc = write_descriptor(root, "subject", &manifest->subject,
				      err);
	if (!rc)
		rc = oci_json_set_pairs(root, "annotations",
					&manifest->annotations, err);
	if (!rc)
		rc = oci_json_dump(out, root, err);
	json_decref(root);
	return rc;
}

int oci_index_format(char **out, const struct oci_index *index,
		     struct oci_error *err)
{
	json_t *root = json_object();
	int rc = root ? 0 : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = write_head(root, index->media_type, index->artifact_type,
				err);
	if (!rc)
		rc = oci_descriptors_write(root, "manifests",
					   &index->manifests, err);
	if (!rc && index->has_subject)
		rc = write_descriptor(root, "subject", &index->subject, err);
	if (!rc)
		rc = oci_json_set_pairs(root, "annotations",
					&index->annotations, err);
	if (!rc)
		rc = oci_json_dump(out, root, err);
	json_decref(root);
	return rc;
}
