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

/* An image without layers for a platform; created is in seconds. */
OCI_API int oci_image_new(struct oci_image **out,
			  const struct oci_platform *platform,
			  int64_t created, struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_image_free(struct oci_image *image);

/*
 * Starts an image that has no layers yet from another one, as a Dockerfile's
 * FROM does: its config is inherited, its layers are copied byte for byte from
 * one store to the other and laid over rootfs. manifest is of the image's
 * platform (oci_store_manifest). Every digest, size and diff_id is checked;
 * Docker's media types become OCI's. Other fields of Docker's config, such as
 * OnBuild and Shell, and what is attached to the base are left behind.
 */
OCI_API int oci_image_add_base(struct oci_image *image,
			       struct oci_rootfs *rootfs,
			       struct oci_store *to, struct oci_store *from,
			       const struct oci_descriptor *manifest,
			       struct oci_error *err);
/* To be filled in; platform, diff_ids and history are the image's own. */
OCI_API struct oci_config *oci_image_config(struct oci_image *image);
/* The manifest's annotations, to be filled in. */
OCI_API struct oci_pairs *oci_image_annotations(struct oci_image *image);

/* The layers so far, lowest first. Borrowed until the next change. */
OCI_API const struct oci_descriptors *oci_image_layers(
	const struct oci_image *image);
/*
 * Writes a settled tree as the next layer into the store. options->name goes
 * to the history; options may be NULL.
 */
OCI_API int oci_image_add_layer(struct oci_image *image,
				struct oci_store *store,
				const struct oci_tree *tree,
				const struct oci_layer_options *options,
				struct oci_error *err);
/* The same of a layer that the store has already, as it was written. */
OCI_API int oci_image_add_written(struct oci_image *image,
				  const struct oci_layer *layer,
				  const struct oci_layer_options *options,
				  struct oci_error *err);
/* Writes config and manifest; *out, with the platform, is the caller's. */
OCI_API int oci_image_write(struct oci_descriptor *out,
			    const struct oci_image *image,
			    struct oci_store *store, struct oci_error *err);
/* Writes an index of manifests; annotations may be NULL. */
OCI_API int oci_image_write_index(struct oci_descriptor *out,
				  const struct oci_descriptors *manifests,
				  const struct oci_pairs *annotations,
				  struct oci_store *store,
				  struct oci_error *err);

struct oci_rootfs_options {
	size_t size;	       /* sizeof(struct oci_rootfs_options) */
	uint64_t max_inflated; /* bytes that all layers may inflate to; 0:
				* 8 GiB, or 200 times their size */
	volatile const int *cancelled; /* ends it with OCI_E_CANCELLED once it
					* is not 0; may be NULL */
};

#define OCI_ROOTFS_OPTIONS_INIT                                                \
	{                                                                      \
		sizeof(struct oci_rootfs_options), 0, NULL                     \
	}

/*
 * Makes the root file system of an image: reads each layer, whose bytes are
 * compared with their digests. options may be NULL. store is read again by
 * oci_rootfs_open_file and has to outlive *out, which the caller frees; image
 * is borrowed for the call. Errors: OCI_E_CORRUPT, OCI_E_LIMIT.
 */
OCI_API int oci_image_rootfs(struct oci_rootfs **out, struct oci_store *store,
			     const struct oci_image_documents *image,
			     const struct oci_rootfs_options *options,
			     struct oci_error *err);

/* What oci_image_verify has to say: one finding, as a sentence. */
typedef void oci_finding_fn(void *data, const char *finding);

struct oci_verify_options {
	size_t size;		/* sizeof(struct oci_verify_options) */
	oci_finding_fn *report;	/* may be NULL */
	oci_progress_fn *progress;	/* may be NULL */
	void *data;		/* for both */
	uint64_t max_inflated;	/* bytes that all layers may inflate to; 0:
				 * 8 GiB, or 200 times their size */
	volatile const int *cancelled;	/* set to end it; may be NULL */
};

#define OCI_VERIFY_OPTIONS_INIT \
	{ sizeof(struct oci_verify_options), NULL, NULL, NULL, 0, NULL }

/*
 * Checks everything in a store: digests and sizes of all that its names lead
 * to, diff_ids, documents and how they fit together. *findings is the number
 * of things that are wrong; each was reported. Fails only where the store
 * itself could not be read.
 */
OCI_API int oci_image_verify(size_t *findings, struct oci_store *store,
			     const struct oci_verify_options *options,
			     struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
