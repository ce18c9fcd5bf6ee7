/* SPDX-License-Identifier: Apache-2.0 */
#include "store/documents.h"

#include <stdlib.h>

#include "base/error.h"

static int read_config(struct oci_image_documents *out, bool *is_image,
		       struct oci_store *store, struct oci_walk *walk,
		       struct oci_error *err)
{
	const struct oci_descriptor *config = &out->manifest.config;
	char *text;
	int rc;

	*is_image = oci_media_is_config(config->media_type);
	if (!*is_image)
		return 0;
	rc = oci_walk_read(&text, walk, store, config, err);
	if (rc)
		return rc;
	rc = oci_config_parse(&out->config, text, (size_t)config->size, err);
	free(text);
	return rc ? oci_wrap(err, rc, "config %s", config->digest.text) : 0;
}

int oci_documents_read(struct oci_image_documents *out, bool *is_image,
		       struct oci_store *store,
		       const struct oci_descriptor *descriptor,
		       struct oci_walk *walk, struct oci_error *err)
{
	char *text;
	int rc;

	*out = (struct oci_image_documents){ 0 };
	*is_image = false;
	rc = oci_walk_read(&text, walk, store, descriptor, err);
	if (rc)
		return rc;
	rc = oci_manifest_parse(&out->manifest, text, (size_t)descriptor->size,
				descriptor->media_type, err);
	free(text);
	if (rc)
		return rc;
	rc = read_config(out, is_image, store, walk, err);
	if (!rc)
		rc = oci_descriptor_copy(&out->descriptor, descriptor, err);
	if (rc)
		oci_image_documents_release(out);
	return rc;
}

int oci_image_open(struct oci_image_documents *out, struct oci_store *store,
		   const struct oci_descriptor *image,
		   const struct oci_platform *platform, struct oci_error *err)
{
	struct oci_descriptor manifest;
	struct oci_walk walk = { 0 };
	bool is_image;
	int rc = oci_store_manifest(&manifest, store, image, platform, err);

	*out = (struct oci_image_documents){ 0 };
	if (rc)
		return rc;
	rc = oci_documents_read(out, &is_image, store, &manifest, &walk, err);
	if (!rc && !is_image) {
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "%s is not an image: its config is '%.100s'; "
			      "'oras pull' gets the files of an artifact",
			      manifest.digest.text,
			      out->manifest.config.media_type);
		oci_image_documents_release(out);
	}
	oci_descriptor_release(&manifest);
	oci_walk_release(&walk);
	return rc;
}

void oci_image_documents_release(struct oci_image_documents *documents)
{
	oci_descriptor_release(&documents->descriptor);
	oci_manifest_release(&documents->manifest);
	oci_config_release(&documents->config);
	*documents = (struct oci_image_documents){ 0 };
}
