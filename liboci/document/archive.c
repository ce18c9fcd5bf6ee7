/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json, the document that `docker load` reads. */
#include "document/archive.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "document/json.h"

int oci_docker_images_add(struct oci_docker_image **out,
			  struct oci_docker_images *images,
			  struct oci_error *err)
{
	struct oci_docker_image *items =
		oci_array_grow(images->items, &images->capacity,
			       images->count + 1, sizeof(*items));

	*out = NULL;
	if (!items)
		return oci_fail_nomem(err);
	images->items = items;
	*out = &items[images->count++];
	**out = (struct oci_docker_image){0};
	return 0;
}

void oci_docker_images_release(struct oci_docker_images *images)
{
	for (size_t i = 0; i < images->count; i++) {
		free(images->items[i].config);
		oci_strings_release(&images->items[i].tags);
		oci_strings_release(&images->items[i].layers);
	}
	free(images->items);
	*images = (struct oci_docker_images){0};
}

static int read_image(struct oci_docker_images *out, const json_t *json,
		      struct oci_error *err)
{
	struct oci_docker_image *image;
	int rc = oci_docker_images_add(&image, out, err);

	if (rc)
		return rc;
	if (!json_is_object(json))
		return oci_fail(err, OCI_E_INVALID,
				"an image is not an object");
	rc = oci_json_text(&image->config, json, "Config", err);
	if (!rc && !image->config)
		rc = oci_fail(err, OCI_E_INVALID, "an image has no Config");
	if (!rc)
		rc = oci_json_strings(&image->tags, json, "RepoTags", err);
	if (!rc)
		rc = oci_json_strings(&image->layers, json, "Layers", err);
	return rc;
}

int oci_docker_images_parse(struct oci_docker_images *out, const char *text,
			    size_t size, struct oci_error *err)
{
	json_t *array;
	int rc = oci_json_load_any(&array, text, size, err);

	*out = (struct oci_docker_images){0};
	if (rc == OCI_E_INVALID)
		rc = oci_wrap(err, rc, "not a JSON array");
	if (!rc && !json_is_array(array))
		rc = oci_fail(err, OCI_E_INVALID, "not a JSON array");
	for (size_t i = 0; !rc && i < json_array_size(array); i++)
		rc = read_image(out, json_array_get(array, i), err);
	json_decref(array);
	if (rc)
		oci_docker_images_release(out);
	return rc;
}

/* Unlike in other documents an empty list is written, as null. */
static int set_list(json_t *object, const char *name,
		    const struct oci_strings *list, struct oci_error *err)
{
	if (!list->count)
		return oci_json_set(object, name, json_null(), err);
	return oci_json_set_strings(object, name, list, err);
}

static int write_image(json_t *array, const struct oci_docker_image *image,
		       struct oci_error *err)
{
	json_t *json = json_object();
	int rc = oci_json_append(array, json, err);

	if (!rc)
		rc = oci_json_set_text(json, "Config", image->config, err);
	if (!rc)
		rc = set_list(json, "RepoTags", &image->tags, err);
	if (!rc && !image->layers.count)
		rc = oci_json_set(json, "Layers", json_array(), err);
	if (!rc)
		rc = oci_json_set_strings(json, "Layers", &image->layers, err);
	return rc;
}

int oci_docker_images_format(char **out,
			     const struct oci_docker_images *images,
			     struct oci_error *err)
{
	json_t *array = json_array();
	int rc = array ? 0 : oci_fail_nomem(err);

	*out = NULL;
	for (size_t i = 0; !rc && i < images->count; i++)
		rc = write_image(array, &images->items[i], err);
	if (!rc)
		rc = oci_json_dump(out, array, err);
	json_decref(array);
	return rc;
}
