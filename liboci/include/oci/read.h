/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an image of any store: its documents, and the tars of its layers. To
 * read the files that all layers together give, see <oci/rootfs.h>. */
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

/* The documents of an image for one platform. Owns its members. */
struct oci_image_documents {
	struct oci_descriptor descriptor; /* of the manifest */
	struct oci_manifest manifest;
	struct oci_config config;
};

/*
 * Reads the manifest and config of an image. image is a manifest or an index.
 * oci_store_manifest chooses the image for platform, or the first image if
 * platform is NULL. Each document is compared with its digest and size. The
 * caller releases *out after success. Errors: those of oci_store_manifest, and
 * OCI_E_UNSUPPORTED if the manifest is an artifact's.
 */
OCI_API int oci_image_open(struct oci_image_documents *out,
			   struct oci_store *store,
			   const struct oci_descriptor *image,
			   const struct oci_platform *platform,
			   struct oci_error *err);
OCI_API void oci_image_documents_release(struct oci_image_documents *documents);

/* A descriptor that oci_image_walk comes to, and the document that it
 * describes. Everything is borrowed for the call. */
struct oci_visit {
	const struct oci_descriptor *descriptor;
	const struct oci_descriptor *parent; /* the index that lists the
					      * descriptor; NULL for the image
					      * itself */
	unsigned depth;			     /* 0 for the image itself */
	bool first; /* the walk has not read this document yet */
	/* The other members are for the functions read and leave. */
	const char *json; /* the document: descriptor->size bytes and a NUL;
			   * NULL if it cannot be read */
	const struct oci_index *index;	     /* NULL for a manifest */
	const struct oci_manifest *manifest; /* NULL for an index */
	int status; /* 0, or the error of reading or parsing the document */
};

/* If the function enter returns this, the document is not read. */
#define OCI_WALK_PAST 1

/* Returns 0 to go on. A negative status, with *err set, ends the walk, and
 * oci_image_walk returns that status. */
typedef int oci_visit_fn(void *data, const struct oci_visit *visit,
			 struct oci_error *err);

struct oci_walk_options {
	size_t size; /* sizeof(struct oci_walk_options) */
	/* Called for every descriptor before its document is read. The function
	 * may also return OCI_WALK_PAST. May be NULL. */
	oci_visit_fn *enter;
	/* Called once for each document that was read, before the walk enters
	 * what the document lists. If visit->status is not 0, *err has the
	 * reason: the function returns visit->status to end the walk, or 0 to
	 * go on without the document. May be NULL: every failure then ends the
	 * walk. */
	oci_visit_fn *read;
	/* Called once for each document that was parsed, after the walk has
	 * left what the document lists. May be NULL. */
	oci_visit_fn *leave;
	void *data; /* for the three functions */
	/* Ends the walk with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_WALK_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_walk_options), NULL, NULL, NULL, NULL, NULL  \
	}

/*
 * Visits the documents of an image in their order: the index or manifest that
 * image describes, then what that index lists. If a document is listed again,
 * enter is called for it again, but the document is not read again. Configs and
 * layers are not visited: visit->manifest has their descriptors. options may be
 * NULL. Errors: those of the functions; OCI_E_LIMIT beyond 10,000 documents, 64
 * MiB of documents, or 8 levels of indexes within indexes.
 */
OCI_API int oci_image_walk(struct oci_store *store,
			   const struct oci_descriptor *image,
			   const struct oci_walk_options *options,
			   struct oci_error *err);

struct oci_layer_read_options {
	size_t size;	       /* sizeof(struct oci_layer_read_options) */
	uint64_t max_inflated; /* bytes that the layer may inflate to; 0: 8 GiB
				* or 200 times its size, whichever is more */
	/* Ends reads with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_LAYER_READ_OPTIONS_INIT                                            \
	{                                                                      \
		sizeof(struct oci_layer_read_options), 0, NULL                 \
	}

/*
 * Opens a layer as a tar: a layer that is compressed with gzip or zstd is
 * inflated. The blob is compared with its digest, and the checksums of gzip and
 * zstd are checked. If the digest or a checksum is wrong, reading fails with
 * OCI_E_CORRUPT instead of reaching the end; beyond max_inflated it fails with
 * OCI_E_LIMIT. options may be NULL. store has to outlive *out. The caller frees
 * *out.
 */
OCI_API int oci_layer_open(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *layer,
			   const struct oci_layer_read_options *options,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
