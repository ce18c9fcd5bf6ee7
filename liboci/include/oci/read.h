/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an image of any store: its documents, and the tars of its layers.
 * <oci/rootfs.h> has the files that all layers together give. */
#ifndef OCI_READ_H
#define OCI_READ_H

#include <oci/config.h>
#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/manifest.h>
#include <oci/platform.h>
#include <oci/store.h>
#include <oci/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The documents of an image for one platform. Owns what it has. */
struct oci_image_documents {
	struct oci_descriptor descriptor; /* of the manifest */
	struct oci_manifest manifest;
	struct oci_config config;
};

/*
 * Reads the manifest and config of an image. image is a manifest, or an index
 * of which the image for platform is chosen as oci_store_manifest does; NULL
 * chooses the first. Each document is compared with its digest and size. The
 * caller releases *out after success. Errors: those of oci_store_manifest, and
 * OCI_E_UNSUPPORTED if the manifest is an artifact's.
 */
OCI_API int oci_image_open(struct oci_image_documents *out,
			   struct oci_store *store,
			   const struct oci_descriptor *image,
			   const struct oci_platform *platform,
			   struct oci_error *err);
OCI_API void oci_image_documents_release(struct oci_image_documents *documents);

/*
 * Opens a layer as the tar that it is, inflated if it is compressed with gzip
 * or zstd. The blob is compared with its digest, and gzip's and zstd's own sums
 * are checked: reading fails with OCI_E_CORRUPT at the latest where the tar
 * ends. A layer may inflate to 8 GiB or to 200 times its size, whichever is
 * more; reading fails with OCI_E_LIMIT beyond. store has to outlive *out, which
 * the caller frees.
 */
OCI_API int oci_layer_open(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *layer,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
