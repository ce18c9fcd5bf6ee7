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

/* A descriptor that oci_image_walk comes to. Everything is borrowed for the
 * call. */
struct oci_visit {
	const struct oci_descriptor *descriptor;
	const struct oci_descriptor *parent; /* the index that lists it; NULL
					      * for the image itself */
	unsigned depth;			     /* 0 for the image itself */
	bool first; /* the walk has not read this document yet */
	/* The other members are for the functions read and leave. */
	const char *json; /* the document: descriptor->size bytes and a NUL;
			   * NULL if it cannot be read */
	const struct oci_index *index;	     /* NULL for a manifest */
	const struct oci_manifest *manifest; /* NULL for an index */
	int status; /* 0, or the error of reading or parsing it */
};

/* If the function enter returns this, the document is not read. */
#define OCI_WALK_PAST 1

/* Returns 0 to go on, or a negative status with *err set, which ends the walk.
 */
typedef int oci_visit_fn(void *data, const struct oci_visit *visit,
			 struct oci_error *err);

struct oci_walk_options {
	size_t size; /* sizeof(struct oci_walk_options) */
	/* Called for every descriptor before its document is read; may be NULL.
	 * May also return OCI_WALK_PAST. */
	oci_visit_fn *enter;
	/* Called once for each document, before what it lists; may be NULL. If
	 * visit->status is not 0, *err has the reason: the function returns
	 * visit->status to end the walk, or 0 to go on without the document. */
	oci_visit_fn *read;
	/* Called once for each document that was parsed, after what it lists;
	 * may be NULL. */
	oci_visit_fn *leave;
	void *data;
	volatile const int *cancelled; /* ends the walk with OCI_E_CANCELLED
					* once it is not 0; may be NULL */
};

#define OCI_WALK_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_walk_options), NULL, NULL, NULL, NULL, NULL  \
	}

/*
 * Visits the documents of an image in their order: the index or manifest that
 * image names, then what an index lists. A document that is named again is
 * entered again, and not read again. Configs and layers are not visited: the
 * manifest describes them. Errors: those of the functions; OCI_E_LIMIT beyond
 * 10,000 documents, 64 MiB of documents, or 8 levels of indexes.
 */
OCI_API int oci_image_walk(struct oci_store *store,
			   const struct oci_descriptor *image,
			   const struct oci_walk_options *options,
			   struct oci_error *err);

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
