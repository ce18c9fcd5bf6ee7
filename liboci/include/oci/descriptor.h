/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors, and the media types of the documents and layers of images.
 * OCI Image Specification, descriptor.md and media-types.md.
 */
#ifndef OCI_DESCRIPTOR_H
#define OCI_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/digest.h>
#include <oci/error.h>
#include <oci/platform.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OCI_MEDIA_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MEDIA_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_MEDIA_CONFIG "application/vnd.oci.image.config.v1+json"
#define OCI_MEDIA_EMPTY "application/vnd.oci.empty.v1+json"
#define OCI_MEDIA_LAYER "application/vnd.oci.image.layer.v1.tar"
#define OCI_MEDIA_LAYER_GZIP OCI_MEDIA_LAYER "+gzip"
#define OCI_MEDIA_LAYER_ZSTD OCI_MEDIA_LAYER "+zstd"
#define OCI_MEDIA_DOCKER_INDEX \
	"application/vnd.docker.distribution.manifest.list.v2+json"
#define OCI_MEDIA_DOCKER_MANIFEST \
	"application/vnd.docker.distribution.manifest.v2+json"
#define OCI_MEDIA_DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define OCI_MEDIA_DOCKER_LAYER_GZIP \
	"application/vnd.docker.image.rootfs.diff.tar.gzip"
#define OCI_MEDIA_DOCKER_LAYER "application/vnd.docker.image.rootfs.diff.tar"
/* Written by BuildKit with oci-mediatypes=false. */
#define OCI_MEDIA_DOCKER_LAYER_ZSTD                                            \
	"application/vnd.docker.image.rootfs.diff.tar.zstd"

#define OCI_ANNOTATION_REF_NAME "org.opencontainers.image.ref.name"
#define OCI_ANNOTATION_IMAGE_NAME "io.containerd.image.name"

/* The most bytes of a manifest, index or config (distribution spec: 4 MiB). */
#define OCI_DOCUMENT_MAX (4u << 20)

/* Owns its strings. An all-zero struct is empty and may be released. */
struct oci_descriptor {
	char *media_type;
	struct oci_digest digest;
	uint64_t size;			/* bytes */
	char *artifact_type;		/* or NULL */
	struct oci_pairs annotations;
	struct oci_platform platform; /* valid if has_platform is true */
	bool has_platform;
	char *rest;			/* a JSON object of the members that
					 * have no field here, such as urls or
					 * a platform's os.features; or NULL */
};

/* Makes *out a deep copy of *from; the caller releases *out after success. */
OCI_API int oci_descriptor_copy(struct oci_descriptor *out,
				const struct oci_descriptor *from,
				struct oci_error *err);
OCI_API void oci_descriptor_release(struct oci_descriptor *descriptor);

/* Return whether a media type is that of an index, a manifest or a config.
 * OCI's media types and those of Docker's schema 2 are known. NULL gives
 * false. */
OCI_API bool oci_media_is_index(const char *media_type);
OCI_API bool oci_media_is_manifest(const char *media_type);
OCI_API bool oci_media_is_config(const char *media_type);
/* Returns whether a media type is that of a layer: a tar that is not
 * compressed, or is compressed with gzip or zstd. Returns false for foreign
 * (non-distributable) layers. */
OCI_API bool oci_media_is_layer(const char *media_type);

#ifdef __cplusplus
}
#endif

#endif
