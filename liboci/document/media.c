/* SPDX-License-Identifier: Apache-2.0 */
/* Classifies media types. OCI Image Specification, media-types.md. */
#include <string.h>

#include <oci/descriptor.h>

static bool is_one_of(const char *text, const char *const *list)
{
	for (; text && *list; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

bool oci_media_is_index(const char *media_type)
{
	static const char *const list[] = {
		OCI_MEDIA_INDEX, OCI_MEDIA_DOCKER_INDEX, NULL,
	};

	return is_one_of(media_type, list);
}

bool oci_media_is_manifest(const char *media_type)
{
	static const char *const list[] = {
		OCI_MEDIA_MANIFEST, OCI_MEDIA_DOCKER_MANIFEST, NULL,
	};

	return is_one_of(media_type, list);
}

bool oci_media_is_config(const char *media_type)
{
	static const char *const list[] = {
		OCI_MEDIA_CONFIG, OCI_MEDIA_DOCKER_CONFIG, NULL,
	};

	return is_one_of(media_type, list);
}

bool oci_media_is_layer(const char *media_type)
{
	static const char *const list[] = {
		OCI_MEDIA_LAYER,
		OCI_MEDIA_LAYER_GZIP,
		OCI_MEDIA_LAYER_ZSTD,
		OCI_MEDIA_DOCKER_LAYER_GZIP,
		OCI_MEDIA_DOCKER_LAYER_ZSTD,
		OCI_MEDIA_DOCKER_LAYER,
		NULL,
	};

	return is_one_of(media_type, list);
}
