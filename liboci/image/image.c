/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building an image: layers go to a store one by one, and their descriptors,
 * diff_ids and history are collected for the config and the manifest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "base/time.h"
#include "image/handle.h"

int oci_image_new(struct oci_image **out, const struct oci_platform *platform,
		  int64_t created, struct oci_error *err)
{
	struct oci_image *image = calloc(1, sizeof(*image));
	char text[OCI_TIME_TEXT];
	int rc;

	*out = NULL;
	if (!image)
		return oci_fail_nomem(err);
	image->config.platform = *platform;
	oci_time_format(text, created);
	rc = oci_text_copy(&image->config.created, text, err);
	if (!rc)
		rc = oci_text_copy(&image->manifest.media_type,
				   OCI_MEDIA_MANIFEST, err);
	if (rc)
		oci_image_free(image);
	else
		*out = image;
	return rc;
}

void oci_image_free(struct oci_image *image)
{
	if (!image)
		return;
	oci_config_release(&image->config);
	oci_manifest_release(&image->manifest);
	free(image);
}

struct oci_config *oci_image_config(struct oci_image *image)
{
	return &image->config;
}

struct oci_pairs *oci_image_annotations(struct oci_image *image)
{
	return &image->manifest.annotations;
}

const struct oci_descriptors *oci_image_layers(const struct oci_image *image)
{
	return &image->manifest.layers;
}

static int add_history(struct oci_config *config, const char *name,
		       struct oci_error *err)
{
	struct oci_history entry = {.created = config->created};
	struct oci_buf text;
	int rc;

	oci_buf_init(&text, OCI_DOCUMENT_MAX);
	rc = oci_buf_format(&text, err, "oci-pack layer%s%s",
			    name && *name ? " " : "", name ? name : "");
	entry.created_by = text.data;
	if (!rc)
		rc = oci_config_add_history(config, &entry, err);
	oci_buf_release(&text);
	return rc;
}

static int add_descriptor(struct oci_image *image,
			  const struct oci_layer *layer,
			  enum oci_compression compression,
			  struct oci_error *err)
{
	struct oci_descriptor descriptor = {
		.digest = layer->digest, .size = layer->size,
	};
	int rc = oci_text_copy(&descriptor.media_type,
			       oci_layer_media_type(compression), err);

	if (!rc)
		rc = oci_descriptors_add(&image->manifest.layers, &descriptor,
					 err);
	oci_descriptor_release(&descriptor);
	return rc;
}

int oci_image_add_written(struct oci_image *image,
			  const struct oci_layer *layer,
			  const struct oci_layer_options *options,
			  struct oci_error *err)
{
	static const struct oci_layer_options usual = OCI_LAYER_OPTIONS_INIT;
	struct oci_layer_options o;
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	rc = add_descriptor(image, layer, o.compression, err);
	if (!rc)
		rc = oci_config_add_diff_id(&image->config, &layer->diff_id,
					    err);
	return rc ? rc : add_history(&image->config, o.name, err);
}

int oci_image_add_layer(struct oci_image *image, struct oci_store *store,
			const struct oci_tree *tree,
			const struct oci_layer_options *options,
			struct oci_error *err)
{
	struct oci_layer layer;
	struct oci_sink *blob;
	int rc = oci_store_create(&blob, store, err);

	if (rc)
		return rc;
	rc = oci_layer_write(&layer, tree, blob, options, err);
	if (!rc)
		rc = oci_store_add(store, blob, &layer.digest, layer.size,
				   err);
	oci_sink_free(blob);
	return rc ? rc : oci_image_add_written(image, &layer, options, err);
}

static int write_config(struct oci_descriptor *out,
			const struct oci_config *config,
			struct oci_store *store, struct oci_error *err)
{
	char *json;
	int rc = oci_config_format(&json, config, err);

	if (rc)
		return rc;
	rc = oci_text_set(&out->media_type, OCI_MEDIA_CONFIG, err);
	if (!rc)
		rc = oci_store_put(out, store, json, strlen(json), err);
	free(json);
	return rc;
}

int oci_image_write(struct oci_descriptor *out, const struct oci_image *image,
		    struct oci_store *store, struct oci_error *err)
{
	/* Borrows everything except the config's descriptor. */
	struct oci_manifest manifest = image->manifest;
	char *json = NULL;
	int rc;

	*out = (struct oci_descriptor){0};
	manifest.config = (struct oci_descriptor){0};
	rc = write_config(&manifest.config, &image->config, store, err);
	if (!rc)
		rc = oci_manifest_format(&json, &manifest, err);
	if (!rc)
		rc = oci_text_copy(&out->media_type, OCI_MEDIA_MANIFEST, err);
	if (!rc)
		rc = oci_store_put(out, store, json, strlen(json), err);
	out->platform = image->config.platform;
	out->has_platform = true;
	oci_descriptor_release(&manifest.config);
	free(json);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}

int oci_image_write_index(struct oci_descriptor *out,
			  const struct oci_descriptors *manifests,
			  const struct oci_pairs *annotations,
			  struct oci_store *store, struct oci_error *err)
{
	/* Borrows everything. */
	struct oci_index index = {
		.media_type = (char *)OCI_MEDIA_INDEX,
		.manifests = *manifests,
	};
	char *json;
	int rc;

	*out = (struct oci_descriptor){0};
	if (annotations)
		index.annotations = *annotations;
	rc = oci_index_format(&json, &index, err);
	if (rc)
		return rc;
	rc = oci_text_copy(&out->media_type, OCI_MEDIA_INDEX, err);
	if (!rc)
		rc = oci_store_put(out, store, json, strlen(json), err);
	free(json);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
