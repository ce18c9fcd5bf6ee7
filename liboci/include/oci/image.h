/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images: layers and a config make a manifest, manifests make an index.
 */
#ifndef OCI_IMAGE_H
#define OCI_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include <oci/config.h>
#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/layer.h>
#include <oci/manifest.h>
#include <oci/platform.h>
#include <oci/read.h>
#include <oci/rootfs.h>
#include <oci/store.h>
#include <oci/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_image;

/* Starts an image for a platform, without layers. created is the creation time
 * in the config, in seconds since 1970. */
OCI_API int oci_image_new(struct oci_image **out,
			  const struct oci_platform *platform,
			  int64_t created, struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_image_free(struct oci_image *image);

/*
 * Adds a base image to an image without layers, as FROM in a Dockerfile does.
 * The image inherits the base's config. The base's layers are copied byte for
 * byte from the store `from` to the store `to`, and applied to rootfs. manifest
 * is the base's manifest for the image's platform (oci_store_manifest). Each
 * document and layer is compared with its digest and size, and each layer with
 * its diff_id. Docker's media types become OCI's. Members of Docker's config
 * that struct oci_config lacks, and attestations and signatures of the base,
 * are not copied. Errors: OCI_E_CORRUPT; OCI_E_INVALID if the base is for
 * another platform; OCI_E_UNSUPPORTED if a layer has a media type that
 * oci_media_is_layer refuses.
 */
OCI_API int oci_image_add_base(struct oci_image *image,
			       struct oci_rootfs *rootfs,
			       struct oci_store *to, struct oci_store *from,
			       const struct oci_descriptor *manifest,
			       struct oci_error *err);
/* Returns the image's config, borrowed, which the caller fills in before
 * oci_image_write: its lists with oci_strings_add and oci_pairs_set
 * (<oci/text.h>), its strings with malloc'd copies. The library sets platform,
 * diff_ids and history; the caller must not change these. */
OCI_API struct oci_config *oci_image_config(struct oci_image *image);
/* Returns the manifest's annotations, borrowed, which the caller fills in. */
OCI_API struct oci_pairs *oci_image_annotations(struct oci_image *image);

/* Returns the layers so far, lowest first, borrowed until the next change. */
OCI_API const struct oci_descriptors *oci_image_layers(
	const struct oci_image *image);
/*
 * Writes a settled tree to the store as the next layer. The layer's entry in
 * the history has options->name. options may be NULL. If the tree of a further
 * layer is to be settled over this one, the caller applies the tree to a rootfs
 * with oci_rootfs_apply. Errors: those of oci_layer_write.
 */
OCI_API int oci_image_add_layer(struct oci_image *image,
				struct oci_store *store,
				const struct oci_tree *tree,
				const struct oci_layer_options *options,
				struct oci_error *err);
/* Adds a layer that the store has already. *layer is the result of the
 * oci_layer_write that wrote the layer, and *options are its options. */
OCI_API int oci_image_add_written(struct oci_image *image,
				  const struct oci_layer *layer,
				  const struct oci_layer_options *options,
				  struct oci_error *err);
/* Writes the config and the manifest to the store. *out describes the manifest
 * and has the platform; the caller releases it. */
OCI_API int oci_image_write(struct oci_descriptor *out,
			    const struct oci_image *image,
			    struct oci_store *store, struct oci_error *err);
/* Writes an index of manifests to the store. annotations may be NULL. The
 * caller releases *out. */
OCI_API int oci_image_write_index(struct oci_descriptor *out,
				  const struct oci_descriptors *manifests,
				  const struct oci_pairs *annotations,
				  struct oci_store *store,
				  struct oci_error *err);

struct oci_rootfs_options {
	size_t size;	       /* sizeof(struct oci_rootfs_options) */
	uint64_t max_inflated; /* bytes that all layers may inflate to; 0:
				* 8 GiB or 200 times their size, whichever is
				* more */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
	/* Read only as many layers, from the uppermost down, as decide what is
	 * at this path; what *out has at other paths is not specified then.
	 * NULL: read all layers. Layers are read again with each further one,
	 * so this is for stores that are slow to read, such as registries. */
	const char *path;
};

#define OCI_ROOTFS_OPTIONS_INIT                                                \
	{                                                                      \
		sizeof(struct oci_rootfs_options), 0, NULL, NULL               \
	}

/*
 * Makes the root file system of an image: reads each layer and compares the
 * layer with its digest. options may be NULL. oci_rootfs_open_file reads store
 * again; therefore store has to outlive *out. The caller frees *out. image is
 * borrowed for the call. Errors: OCI_E_CORRUPT, OCI_E_LIMIT.
 */
OCI_API int oci_image_rootfs(struct oci_rootfs **out, struct oci_store *store,
			     const struct oci_image_documents *image,
			     const struct oci_rootfs_options *options,
			     struct oci_error *err);

/* Called with one finding of oci_image_verify, in words. */
typedef void oci_finding_fn(void *data, const char *finding);

struct oci_verify_options {
	size_t size;		/* sizeof(struct oci_verify_options) */
	oci_finding_fn *report;		/* may be NULL */
	void *report_data;
	oci_progress_fn *progress;	/* may be NULL */
	void *progress_data;
	uint64_t max_inflated; /* bytes that all layers may inflate to; 0:
				* 8 GiB or 200 times their size, whichever is
				* more */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_VERIFY_OPTIONS_INIT \
	{ sizeof(struct oci_verify_options), NULL, NULL, NULL, NULL, 0, NULL }

/*
 * Verifies all images of a store: the digest and size of each document, config
 * and layer, the diff_id of each layer, and whether the documents are valid and
 * agree with each other. Then verifies the digests of the blobs that no image
 * names. *findings is the number of findings; options->report gets each
 * finding. A finding is no error: the function fails only if the store cannot
 * be read, or if a layer inflates beyond max_inflated (OCI_E_LIMIT). options
 * may be NULL.
 */
OCI_API int oci_image_verify(size_t *findings, struct oci_store *store,
			     const struct oci_verify_options *options,
			     struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
