/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes manifest.json from index.json. `docker load` with the classic image
 * store reads only this document: one entry for each image, with its familiar
 * names.
 */
#include "store/docker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/archive.h"
#include "store/referrers.h"

void oci_blob_path(char out[OCI_BLOB_PATH], const struct oci_digest *digest)
{
	size_t colon;

	snprintf(out, OCI_BLOB_PATH, "blobs/%s", digest->text);
	colon = strcspn(out, ":");
	if (out[colon])
		out[colon] = '/';
}

static int describe_layers(struct oci_docker_image *out,
			   const struct oci_manifest *manifest,
			   struct oci_error *err)
{
	char path[OCI_BLOB_PATH];
	int rc;

	oci_blob_path(path, &manifest->config.digest);
	rc = oci_text_copy(&out->config, path, err);
	for (size_t i = 0; !rc && i < manifest->layers.count; i++) {
		oci_blob_path(path, &manifest->layers.items[i].digest);
		rc = oci_strings_add(&out->layers, path, err);
	}
	return rc;
}

/* Adds the familiar name of an entry of index.json, if it has a full name. */
static int add_tag(struct oci_docker_image *out,
		   const struct oci_descriptor *entry, struct oci_error *err)
{
	const char *name = oci_pairs_get(&entry->annotations,
					 OCI_ANNOTATION_IMAGE_NAME);
	struct oci_reference reference;
	char familiar[OCI_REFERENCE_TEXT];

	if (!name || oci_reference_parse(&reference, name, NULL))
		return 0;
	oci_reference_familiar(familiar, &reference);
	return oci_strings_add(&out->tags, familiar, err);
}

static int read_manifest(struct oci_manifest *out, struct oci_store *store,
			 const struct oci_descriptor *from,
			 const struct oci_platform *platform,
			 struct oci_error *err)
{
	struct oci_descriptor at;
	char *json = NULL;
	bool index = oci_media_is_index(from->media_type);
	int rc = oci_store_manifest(&at, store, from, index ? platform : NULL,
				    err);

	*out = (struct oci_manifest){0};
	if (!rc)
		rc = oci_store_read(&json, store, &at, err);
	if (!rc)
		rc = oci_manifest_parse(out, json, (size_t)at.size,
					at.media_type, err);
	free(json);
	oci_descriptor_release(&at);
	return rc;
}

static int describe(struct oci_docker_images *out, struct oci_store *store,
		    const struct oci_descriptor *entry,
		    const struct oci_platform *platform, struct oci_error *err)
{
	struct oci_docker_image *image;
	struct oci_manifest manifest;
	int rc = read_manifest(&manifest, store, entry, platform, err);

	if (rc)
		return rc;
	if (oci_media_is_config(manifest.config.media_type)) {
		rc = oci_docker_images_add(&image, out, err);
		if (!rc)
			rc = describe_layers(image, &manifest, err);
	}
	oci_manifest_release(&manifest);
	return rc;
}

/* Returns the index of the first entry with the same digest. */
static size_t first_of(const struct oci_descriptors *list, size_t i)
{
	size_t first = 0;

	while (!oci_digest_equal(&list->items[first].digest,
				 &list->items[i].digest))
		first++;
	return first;
}

static int add_tags(struct oci_docker_image *image,
		    const struct oci_descriptors *list, size_t first,
		    struct oci_error *err)
{
	int rc = 0;

	for (size_t i = first; !rc && i < list->count; i++)
		if (first_of(list, i) == first)
			rc = add_tag(image, &list->items[i], err);
	return rc;
}

int oci_docker_describe(char **out, struct oci_store *store,
			const struct oci_platform *platform,
			struct oci_error *err)
{
	const struct oci_descriptors *list = oci_store_names(store);
	struct oci_docker_images images = {0};
	int rc = 0;

	*out = NULL;
	for (size_t i = 0; !rc && i < list->count; i++) {
		size_t before = images.count;

		/* A signature is left out: its config looks like an image's. */
		if (first_of(list, i) != i || oci_is_signature(&list->items[i]))
			continue;
		rc = describe(&images, store, &list->items[i], platform, err);
		if (!rc && images.count > before)
			rc = add_tags(&images.items[before], list, i, err);
	}
	if (!rc)
		rc = oci_docker_images_format(out, &images, err);
	oci_docker_images_release(&images);
	return rc;
}
