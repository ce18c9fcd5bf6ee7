/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors: the required members mediaType, digest and size, then the
 * optional ones. OCI Image Specification, descriptor.md.
 */
#include "document/descriptor.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "document/json.h"
#include "document/platform.h"
#include "document/rest.h"

void oci_descriptor_release(struct oci_descriptor *descriptor)
{
	free(descriptor->media_type);
	free(descriptor->artifact_type);
	free(descriptor->rest);
	oci_pairs_release(&descriptor->annotations);
	*descriptor = (struct oci_descriptor){0};
}

int oci_descriptor_copy(struct oci_descriptor *out,
			const struct oci_descriptor *from,
			struct oci_error *err)
{
	struct oci_descriptor copy = {
		.digest = from->digest,
		.size = from->size,
		.platform = from->platform,
		.has_platform = from->has_platform,
	};
	int rc = oci_text_set(&copy.media_type, from->media_type, err);

	if (!rc)
		rc = oci_text_set(&copy.artifact_type, from->artifact_type,
				  err);
	if (!rc)
		rc = oci_text_set(&copy.rest, from->rest, err);
	if (!rc)
		rc = oci_pairs_merge(&copy.annotations,
				     from->annotations.items,
				     from->annotations.count, err);
	if (rc)
		oci_descriptor_release(&copy);
	*out = copy;
	return rc;
}

static int read_digest(struct oci_digest *out, const json_t *json,
		       struct oci_error *err)
{
	const char *text = json_string_value(json_object_get(json, "digest"));

	if (!text)
		return oci_fail(err, OCI_E_INVALID,
				"a descriptor has no digest");
	return oci_digest_parse(out, text, err);
}

static int read_size(uint64_t *out, const json_t *json, struct oci_error *err)
{
	int64_t size = -1;
	int rc = oci_json_integer(&size, json, "size", err);

	if (rc)
		return rc;
	if (size < 0)
		return oci_fail(err, OCI_E_INVALID,
				"a descriptor's size is absent or negative");
	*out = (uint64_t)size;
	return 0;
}

int oci_descriptor_read(struct oci_descriptor *out, const json_t *json,
			struct oci_error *err)
{
	const json_t *platform = NULL;
	int rc;

	if (!json_is_object(json))
		return oci_fail(err, OCI_E_INVALID,
				"a descriptor is not an object");
	rc = oci_json_text(&out->media_type, json, "mediaType", err);
	if (!rc && (!out->media_type || !out->media_type[0]))
		rc = oci_fail(err, OCI_E_INVALID,
			      "a descriptor has no mediaType");
	if (!rc)
		rc = read_digest(&out->digest, json, err);
	if (!rc)
		rc = read_size(&out->size, json, err);
	if (!rc)
		rc = oci_json_text(&out->artifact_type, json, "artifactType",
				   err);
	if (!rc)
		rc = oci_json_pairs(&out->annotations, json, "annotations",
				    err);
	if (!rc)
		rc = oci_json_object(&platform, json, "platform", err);
	if (!rc && platform) {
		out->has_platform = true;
		rc = oci_platform_read(&out->platform, platform, err);
	}
	return rc ? rc : oci_rest_read(&out->rest, json, err);
}

static int write_members(json_t *json, const struct oci_descriptor *d,
			 struct oci_error *err)
{
	json_t *platform;
	int rc = oci_json_set_text(json, "mediaType", d->media_type, err);

	if (!rc)
		rc = oci_json_set_text(json, "digest", d->digest.text, err);
	if (!rc)
		rc = oci_json_set_integer(json, "size", (int64_t)d->size, err);
	if (!rc)
		rc = oci_json_set_text(json, "artifactType", d->artifact_type,
				       err);
	if (!rc)
		rc = oci_json_set_pairs(json, "annotations", &d->annotations,
					err);
	if (rc || !d->has_platform)
		return rc;
	platform = json_object();
	rc = oci_json_set(json, "platform", platform, err);
	if (!rc)
		rc = oci_platform_write(platform, &d->platform, err);
	return rc;
}

int oci_descriptor_write(json_t **out, const struct oci_descriptor *descriptor,
			 struct oci_error *err)
{
	int rc;

	*out = json_object();
	if (!*out)
		return oci_fail_nomem(err);
	rc = write_members(*out, descriptor, err);
	if (!rc && descriptor->rest)
		rc = oci_rest_write(*out, descriptor->rest, err);
	if (rc) {
		json_decref(*out);
		*out = NULL;
	}
	return rc;
}

int oci_descriptors_add(struct oci_descriptors *list,
			const struct oci_descriptor *descriptor,
			struct oci_error *err)
{
	struct oci_descriptor *items =
		oci_array_grow(list->items, &list->capacity, list->count + 1,
			       sizeof(*items));
	int rc;

	if (!items)
		return oci_fail_nomem(err);
	list->items = items;
	rc = oci_descriptor_copy(&items[list->count], descriptor, err);
	if (!rc)
		list->count++;
	return rc;
}

void oci_descriptors_release(struct oci_descriptors *list)
{
	for (size_t i = 0; i < list->count; i++)
		oci_descriptor_release(&list->items[i]);
	free(list->items);
	*list = (struct oci_descriptors){0};
}

int oci_descriptors_read(struct oci_descriptors *out, const json_t *object,
			 const char *name, struct oci_error *err)
{
	const json_t *array;
	int rc = oci_json_array(&array, object, name, err);

	for (size_t i = 0; !rc && i < json_array_size(array); i++) {
		struct oci_descriptor one = {0};

		rc = oci_descriptor_read(&one, json_array_get(array, i), err);
		if (!rc)
			rc = oci_descriptors_add(out, &one, err);
		else
			rc = oci_wrap(err, rc, "%s[%zu]", name, i);
		oci_descriptor_release(&one);
	}
	return rc;
}

int oci_descriptors_write(json_t *object, const char *name,
			  const struct oci_descriptors *list,
			  struct oci_error *err)
{
	json_t *array = json_array();
	int rc = oci_json_set(object, name, array, err);

	for (size_t i = 0; !rc && i < list->count; i++) {
		json_t *one;

		rc = oci_descriptor_write(&one, &list->items[i], err);
		if (!rc)
			rc = oci_json_append(array, one, err);
	}
	return rc;
}
