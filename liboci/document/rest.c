/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of descriptors without a field in struct oci_descriptor are copied
 * unchanged from document to document. OCI Image Specification, descriptor.md
 * (consumers ignore unknown members), and image-index.md, "os.features".
 */
#include "document/rest.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "document/json.h"
#include "document/platform.h"

static const char *const descriptor_fields[] = {
	"mediaType", "digest", "size", "artifactType", "annotations",
	"platform", NULL,
};

static const char *const platform_fields[] = {
	"architecture", "os", "os.version", "variant", NULL,
};

static bool listed(const char *const *list, const char *name)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* Adds to `to` the members of `from` that are neither in the list `without` nor
 * in `to`. */
static int add_members(json_t *to, const json_t *from,
		       const char *const *without, struct oci_error *err)
{
	void *at = json_object_iter((json_t *)from);

	for (; at; at = json_object_iter_next((json_t *)from, at)) {
		const char *name = json_object_iter_key(at);

		if (!listed(without, name) && !json_object_get(to, name) &&
		    json_object_set(to, name, json_object_iter_value(at)))
			return oci_fail_nomem(err);
	}
	return 0;
}

/* Sets a member unless value is empty. Takes ownership of value. */
static int set_if_any(json_t *object, const char *name, json_t *value,
		      struct oci_error *err)
{
	if (json_object_size(value))
		return oci_json_set(object, name, value, err);
	json_decref(value);
	return 0;
}

static int dump_if_any(char **out, const json_t *object, struct oci_error *err)
{
	*out = NULL;
	return json_object_size(object) ? oci_json_dump(out, object, err) : 0;
}

int oci_rest_read(char **out, const json_t *descriptor, struct oci_error *err)
{
	json_t *rest = json_object(), *platform = json_object();
	int rc = rest && platform ? 0 : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = add_members(rest, descriptor, descriptor_fields, err);
	if (!rc)
		rc = add_members(platform,
				 json_object_get(descriptor, "platform"),
				 platform_fields, err);
	if (rc)
		json_decref(platform);
	else
		rc = set_if_any(rest, "platform", platform, err);
	if (!rc)
		rc = dump_if_any(out, rest, err);
	json_decref(rest);
	return rc;
}

int oci_rest_write(json_t *descriptor, const char *text, struct oci_error *err)
{
	json_t *platform = json_object_get(descriptor, "platform");
	json_t *rest;
	int rc = oci_json_load(&rest, text, strlen(text), err);

	if (rc)
		return rc;
	rc = add_members(descriptor, rest, descriptor_fields, err);
	if (!rc && platform)
		rc = add_members(platform, json_object_get(rest, "platform"),
				 platform_fields, err);
	json_decref(rest);
	return rc;
}

/* Makes {"platform":{"os.features":[...]}} from a config. */
static int keep_features(char **out, const json_t *config,
			 struct oci_error *err)
{
	json_t *features = json_object_get(config, "os.features");
	json_t *rest, *platform;
	int rc;

	*out = NULL;
	if (!json_array_size(features))
		return 0;
	rest = json_object();
	platform = json_object();
	if (rest && platform)
		rc = oci_json_set(platform, "os.features",
				  json_incref(features), err);
	else
		rc = oci_fail_nomem(err);
	if (rc)
		json_decref(platform);
	else
		rc = set_if_any(rest, "platform", platform, err);
	if (!rc)
		rc = dump_if_any(out, rest, err);
	json_decref(rest);
	return rc;
}

int oci_descriptor_set_platform(struct oci_descriptor *descriptor,
				const char *config, size_t size,
				struct oci_error *err)
{
	json_t *root;
	int rc = oci_json_load(&root, config, size, err);

	if (rc)
		return oci_wrap(err, rc, "config");
	rc = oci_platform_read(&descriptor->platform, root, err);
	if (!rc)
		rc = keep_features(&descriptor->rest, root, err);
	descriptor->has_platform = !rc && descriptor->platform.os[0] &&
				   descriptor->platform.architecture[0];
	json_decref(root);
	return rc ? oci_wrap(err, rc, "config") : 0;
}

bool oci_descriptor_url(char out[OCI_URL_ROOM],
			const struct oci_descriptor *descriptor)
{
	const char *rest = descriptor->rest, *url;
	json_t *root = NULL;

	if (!rest || oci_json_load(&root, rest, strlen(rest), NULL))
		return false;
	url = json_string_value(
		json_array_get(json_object_get(root, "urls"), 0));
	if (url)
		snprintf(out, OCI_URL_ROOM, "%s", url);
	json_decref(root);
	return url;
}
