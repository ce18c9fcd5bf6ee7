/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker's archives as stores. Docker Image Specification 1.2, "Combined Image
 * JSON + Filesystem Changeset Format": manifest.json names the members with an
 * image's config and layers. Each layer is hashed once. Each image gets a
 * reproducible manifest with OCI's media types. Configs and layers are read in
 * place, unchanged.
 */
#include "store/archive_docker.h"

#include <stdlib.h>
#include <string.h>

#include <oci/config.h>

#include "base/error.h"
#include "base/text.h"
#include "document/archive.h"
#include "layer/decompress.h"

enum { IMAGES_MAX = 1000, NAMES_MAX = 10000 };

static int describe(struct oci_descriptor *out,
		    const struct oci_docker_blob *blob,
		    const char *media_type, struct oci_error *err)
{
	*out = (struct oci_descriptor){
		.digest = blob->digest, .size = blob->size,
	};
	return oci_text_copy(&out->media_type, media_type, err);
}

/* The digest of a layer that is not compressed is its diff_id. */
static int check_diff_id(const struct oci_docker_store *self,
			 const struct oci_docker_blob *layer,
			 const struct oci_digest *diff_id,
			 struct oci_error *err)
{
	struct oci_source *source, *inflate = NULL;
	bool found = false;

	if (strcmp(layer->media_type, OCI_MEDIA_LAYER) != 0 ||
	    oci_digest_equal(&layer->digest, diff_id) ||
	    strncmp(diff_id->text, "sha256:", 7) != 0)
		return 0;
	if (oci_docker_open_member(&source, self, layer->member, NULL) == 0) {
		found = oci_decompress_open(&inflate, source, NULL) == 0 &&
			oci_decompress_found(inflate);
		oci_source_free(inflate);
		oci_source_free(source);
	}
	if (found)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"it is compressed, neither by gzip nor by "
				"zstd, and OCI has no media type for that: "
				"save it without compression");
	return oci_fail(err, OCI_E_CORRUPT,
			"its digest is %s, but the config has the diff_id %s",
			layer->digest.text, diff_id->text);
}

static int add_layers(struct oci_manifest *out, struct oci_docker_store *self,
		      const struct oci_docker_image *image,
		      const struct oci_config *config, struct oci_error *err)
{
	int rc = 0;

	if (image->layers.count != config->diff_id_count)
		return oci_fail(err, OCI_E_INVALID,
				"it has %zu layers, its config '%s' has %zu "
				"diff_ids", image->layers.count, image->config,
				config->diff_id_count);
	for (size_t i = 0; !rc && i < image->layers.count; i++) {
		const struct oci_docker_blob *layer;
		struct oci_descriptor d;

		rc = oci_docker_find_member(&layer, self,
					    image->layers.items[i], err);
		if (!rc)
			rc = check_diff_id(self, layer, &config->diff_ids[i],
					   err);
		if (rc)
			return oci_wrap(err, rc, "layer %zu, '%s'", i + 1,
					image->layers.items[i]);
		rc = describe(&d, layer, layer->media_type, err);
		if (!rc)
			rc = oci_descriptors_add(&out->layers, &d, err);
		oci_descriptor_release(&d);
	}
	return rc;
}

static int read_config(struct oci_config *out, struct oci_manifest *manifest,
		       struct oci_docker_store *self, const char *name,
		       struct oci_error *err)
{
	const struct oci_docker_blob *blob;
	char *text;
	size_t size;
	int rc = oci_members_load(&text, &size, self->members, name,
				  OCI_DOCUMENT_MAX, err);

	*out = (struct oci_config){0};
	if (!rc)
		rc = oci_config_parse(out, text, size, err);
	free(text);
	if (!rc)
		rc = oci_docker_find_member(&blob, self, name, err);
	if (!rc)
		rc = describe(&manifest->config, blob, OCI_MEDIA_CONFIG, err);
	return rc ? oci_wrap(err, rc, "config '%s'", name) : 0;
}

/* A name must not stand for two images. */
static int check_name(const struct oci_docker_store *self,
		      const struct oci_reference *name,
		      const struct oci_descriptor *image,
		      struct oci_error *err)
{
	const struct oci_descriptors *list = &self->base.index.manifests;
	char full[OCI_REFERENCE_TEXT];

	if (list->count >= NAMES_MAX)
		return oci_fail(err, OCI_E_LIMIT, "more than %d names",
				NAMES_MAX);
	oci_reference_canonical(full, name);
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];
		const char *other = oci_pairs_get(&d->annotations,
						  OCI_ANNOTATION_IMAGE_NAME);

		if (other && strcmp(other, full) == 0 &&
		    !oci_digest_equal(&d->digest, &image->digest))
			return oci_fail(err, OCI_E_CONFLICT,
					"another image has the name '%s' too: "
					"save each under its own name",
					full);
	}
	return 0;
}

static int add_name(struct oci_docker_store *self, const char *name,
		    const struct oci_descriptor *image, struct oci_error *err)
{
	struct oci_reference reference;
	int rc = oci_reference_parse(&reference, name, err);

	if (!rc && (!reference.tag[0] || reference.digest.text[0]))
		rc = oci_fail(err, OCI_E_INVALID, "not a name with a tag");
	if (!rc)
		rc = check_name(self, &reference, image, err);
	if (!rc)
		rc = oci_store_tag(&self->base, &reference, image, err);
	return rc ? oci_wrap(err, rc, "RepoTags '%s'", name) : 0;
}

static int add_names(struct oci_docker_store *self,
		     const struct oci_strings *names,
		     const struct oci_descriptor *image, struct oci_error *err)
{
	int rc = 0;

	if (!names->count)
		return oci_store_tag(&self->base, NULL, image, err);
	for (size_t i = 0; !rc && i < names->count; i++)
		rc = add_name(self, names->items[i], image, err);
	return rc;
}

static int add_manifest(struct oci_descriptor *out,
			struct oci_docker_store *self,
			const struct oci_manifest *manifest,
			struct oci_error *err)
{
	const struct oci_docker_blob *blob;
	char *text;
	int rc = oci_manifest_format(&text, manifest, err);

	if (!rc)
		rc = oci_docker_add_text(&blob, self, text, err);
	return rc ? rc : describe(out, blob, OCI_MEDIA_MANIFEST, err);
}

static int add_image(struct oci_docker_store *self,
		     const struct oci_docker_image *image,
		     struct oci_error *err)
{
	struct oci_descriptor descriptor = {0};
	struct oci_manifest manifest = {0};
	struct oci_config config;
	int rc = read_config(&config, &manifest, self, image->config, err);

	if (!rc)
		rc = oci_text_copy(&manifest.media_type, OCI_MEDIA_MANIFEST,
				   err);
	if (!rc)
		rc = add_layers(&manifest, self, image, &config, err);
	if (!rc)
		rc = add_manifest(&descriptor, self, &manifest, err);
	if (!rc)
		rc = add_names(self, &image->tags, &descriptor, err);
	oci_descriptor_release(&descriptor);
	oci_manifest_release(&manifest);
	oci_config_release(&config);
	return rc;
}

static int add_images(struct oci_docker_store *self,
		      const struct oci_docker_images *images,
		      struct oci_error *err)
{
	int rc = 0;

	if (images->count > IMAGES_MAX)
		return oci_fail(err, OCI_E_LIMIT, "more than %d images",
				IMAGES_MAX);
	for (size_t i = 0; !rc && i < images->count; i++) {
		rc = add_image(self, &images->items[i], err);
		if (rc)
			oci_wrap(err, rc, "image %zu", i + 1);
	}
	return rc;
}

static int read_images(struct oci_docker_store *self, struct oci_error *err)
{
	struct oci_docker_images images = {0};
	char *text;
	size_t size;
	int rc = oci_members_load(&text, &size, self->members,
				  "manifest.json", OCI_DOCUMENT_MAX, err);

	if (rc)
		return rc;
	rc = oci_docker_images_parse(&images, text, size, err);
	free(text);
	if (!rc)
		rc = add_images(self, &images, err);
	oci_docker_images_release(&images);
	return rc ? oci_wrap(err, rc, "manifest.json") : 0;
}

int oci_docker_archive_open(struct oci_store **out,
			    struct oci_members *members,
			    struct oci_error *err)
{
	struct oci_docker_store *self;
	int rc = oci_docker_store_new(&self, members, err);

	*out = NULL;
	if (!rc)
		rc = read_images(self, err);
	if (!rc) {
		*out = &self->base;
		return 0;
	}
	oci_store_free(self ? &self->base : NULL);
	if (rc == OCI_E_CORRUPT || rc == OCI_E_INVALID || rc == OCI_E_NOT_FOUND)
		return oci_advise(err, rc, "have the image saved again");
	return rc;
}
