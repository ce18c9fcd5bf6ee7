/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a tree as a layer: a tar in pax format, with its entries sorted by
 * path, compressed in independent blocks on all cores. The bytes of a layer
 * depend only on the tree, the compression, its level, and the version of this
 * library; with zstd, also on the version of libzstd. They do not depend on the
 * number of threads.
 * OCI Image Specification, layer.md.
 */
#ifndef OCI_LAYER_H
#define OCI_LAYER_H

#include <stddef.h>
#include <stdint.h>

#include <oci/digest.h>
#include <oci/error.h>
#include <oci/progress.h>
#include <oci/stream.h>
#include <oci/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oci_compression {
	OCI_COMPRESSION_GZIP = 0,
	OCI_COMPRESSION_ZSTD,
	OCI_COMPRESSION_NONE
};

/* Levels are 1 to 9 for gzip and 1 to 19 for zstd. Level 0 stands for these
 * defaults. */
#define OCI_GZIP_LEVEL_DEFAULT 2
#define OCI_ZSTD_LEVEL_DEFAULT 3

struct oci_layer_options {
	size_t size;		/* sizeof(struct oci_layer_options) */
	enum oci_compression compression;
	int level;		/* 0: the default */
	unsigned jobs;		/* compressing threads; 0: one per core */
	const char *name;	/* of the layer, for progress and for the
				 * history of the image; may be NULL */
	oci_progress_fn *progress;	/* may be NULL */
	void *progress_data;
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_LAYER_OPTIONS_INIT                                                 \
	{                                                                      \
		sizeof(struct oci_layer_options), OCI_COMPRESSION_GZIP, 0, 0,  \
			NULL, NULL, NULL, NULL                                 \
	}

struct oci_layer {
	struct oci_digest diff_id;	/* of the tar */
	struct oci_digest digest;	/* of the blob */
	uint64_t size;			/* bytes of the blob */
	uint64_t tar_size;		/* bytes of the tar */
};

/*
 * Writes a settled tree to sink. The caller finishes and frees the sink.
 * options may be NULL. Errors: OCI_E_CHANGED if a file on disk has changed
 * since it was added to the tree; those of the sink.
 */
OCI_API int oci_layer_write(struct oci_layer *out, const struct oci_tree *tree,
			    struct oci_sink *sink,
			    const struct oci_layer_options *options,
			    struct oci_error *err);

/* Returns the media type of a layer with that compression; never freed. */
OCI_API const char *oci_layer_media_type(enum oci_compression compression);

/* Reads "gzip", "gzip:LEVEL", "zstd", "zstd:LEVEL" or "none". If text has no
 * level, *level is 0. Errors: OCI_E_INVALID for other texts. */
OCI_API int oci_compression_parse(enum oci_compression *compression,
				  int *level, const char *text,
				  struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
