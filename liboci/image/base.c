/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts an image from a base, as FROM in a Dockerfile does: the base's config
 * is the starting point, and its layers are copied byte for byte. Docker's
 * media types become OCI's for the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include <oci/read.h>

#include "base/error.h"
#include "base/text.h"
#include "image/base_layer.h"
#include "image/handle.h"

/* The state of adding a base. */
struct base {
	struct oci_image *image;
	struct oci_store *to;
	struct oci_store *from;
	struct oci_rootfs *rootfs;
	struct oci_manifest manifest;
	struct oci_config config;
};

static int read_documents(struct base *b, const struct oci_descriptor *manifest,
			  struct oci_error *err)
{
	struct oci_image_documents documents;
	int rc = oci_image_open(&documents, b->from, manifest, NULL, err);

	if (rc)
		return rc;
	oci_descriptor_release(&documents.descriptor);
	b->manifest = documents.manifest;
	b->config = documents.config;
	if (b->config.diff_id_count != b->manifest.layers.count)
		return oci_fail(err, OCI_E_CORRUPT,
				"its config has %zu layers, "
				"its manifest has %zu",
				b->config.diff_id_count,
				b->manifest.layers.count);
	return 0;
}

/* If the config has no variant, the one of the index is used. */
static void set_variant(struct base *b, const struct oci_descriptor *manifest)
{
	struct oci_platform *is = &b->config.platform;

	if (manifest->has_platform && !is->variant[0] &&
	    strcmp(is->architecture, manifest->platform.architecture) == 0)
		memcpy(is->variant, manifest->platform.variant,
		       sizeof(is->variant));
}

static int check_platform(const struct base *b, struct oci_error *err)
{
	const struct oci_platform *wanted = &b->image->config.platform;
	char is[OCI_PLATFORM_TEXT], name[OCI_PLATFORM_TEXT];

	if (oci_platform_fits(&b->config.platform, wanted))
		return 0;
	oci_platform_format(is, &b->config.platform);
	oci_platform_format(name, wanted);
	return oci_fail(err, OCI_E_INVALID,
			"its config says %s, but it is wanted for %s", is,
			name);
}

/* Each layer needs one entry; missing ones are added. */
static int complete_history(struct base *b, struct oci_error *err)
{
	struct oci_history made_up = {
		.created = b->config.created,
		.created_by = (char *)"base image",
	};
	size_t layers = 0;
	int rc = 0;

	for (size_t i = 0; i < b->config.history_count; i++)
		layers += !b->config.history[i].empty_layer;
	if (layers > b->manifest.layers.count)
		return oci_fail(err, OCI_E_CORRUPT,
				"its history has %zu layers, "
				"its manifest has %zu",
				layers, b->manifest.layers.count);
	for (; !rc && layers < b->manifest.layers.count; layers++)
		rc = oci_config_add_history(&b->config, &made_up, err);
	return rc;
}

static void keep_variant(struct oci_platform *out,
			 const struct oci_platform *base)
{
	struct oci_platform canonical;
	char text[OCI_PLATFORM_TEXT];

	oci_platform_format(text, base);
	if (oci_platform_parse(&canonical, text, NULL) == 0)
		memcpy(out->variant, canonical.variant, sizeof(out->variant));
}

/* Takes over the base's config, except the date and the platform. */
static int inherit(struct base *b, struct oci_error *err)
{
	struct oci_config *ours = &b->image->config;
	struct oci_platform platform = ours->platform;
	char *created = ours->created;
	int rc = check_platform(b, err);

	if (!rc)
		rc = complete_history(b, err);
	if (rc)
		return rc;
	/* If the image has no variant or os.version, it gets the base's;
	 * arm64/v8 and amd64/v1 stay without a variant. */
	if (platform.variant[0] == '\0')
		keep_variant(&platform, &b->config.platform);
	if (platform.os_version[0] == '\0')
		memcpy(platform.os_version, b->config.platform.os_version,
		       sizeof(platform.os_version));
	free(b->config.created);
	b->config.created = created;
	b->config.platform = platform;
	*ours = b->config;
	b->config = (struct oci_config){0};
	return 0;
}

static int add_layer(struct base *b, size_t i, struct oci_error *err)
{
	const struct oci_descriptor *from = &b->manifest.layers.items[i];
	struct oci_descriptor d = {
		.digest = from->digest,
		.size = from->size,
		.annotations = from->annotations,
	};
	const char *media_type;
	int rc;

	if (!oci_media_is_layer(from->media_type))
		return oci_fail(err, OCI_E_UNSUPPORTED, "layer %s is '%.100s', "
				"which cannot be passed on", from->digest.text,
				from->media_type);
	rc = oci_base_layer(&media_type, b->rootfs, b->to, b->from, from,
			    &b->image->config.diff_ids[i], err);
	if (rc)
		return oci_wrap(err, rc, "layer %s", from->digest.text);
	d.media_type = (char *)media_type;
	return oci_descriptors_add(&b->image->manifest.layers, &d, err);
}

int oci_image_add_base(struct oci_image *image, struct oci_rootfs *rootfs,
		       struct oci_store *to, struct oci_store *from,
		       const struct oci_descriptor *manifest,
		       struct oci_error *err)
{
	struct base b = {
		.image = image, .to = to, .from = from, .rootfs = rootfs,
	};
	int rc = read_documents(&b, manifest, err);

	set_variant(&b, manifest);
	if (!rc)
		rc = inherit(&b, err);
	for (size_t i = 0; !rc && i < b.manifest.layers.count; i++)
		rc = add_layer(&b, i, err);
	oci_manifest_release(&b.manifest);
	oci_config_release(&b.config);
	return rc;
}
