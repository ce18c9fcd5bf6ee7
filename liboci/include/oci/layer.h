/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a tree as a layer: a tar (pax, entries sorted by path), compressed
 * in independent blocks on all cores. The bytes depend on the tree and the
 * compression alone, never on jobs.
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

/* Levels: gzip 1 to 12, zstd 1 to 19; 0 is the default of each. */
#define OCI_GZIP_LEVEL_DEFAULT 2
#define OCI_ZSTD_LEVEL_DEFAULT 3

struct oci_layer_options {
	size_t size;		/* sizeof(struct oci_layer_options) */
	enum oci_compression compression;
	int level;
	unsigned jobs;		/* compressing threads; 0: one a core */
	const char *name;	/* for progress; may be NULL */
	oci_progress_fn *progress;	/* may be NULL */
	void *progress_data;
};

#define OCI_LAYER_OPTIONS_INIT \
	{ sizeof(struct oci_layer_options), OCI_COMPRESSION_GZIP, 0, 0, NULL, \
	  NULL, NULL }

struct oci_layer {
	struct oci_digest diff_id;	/* of the tar */
	struct oci_digest digest;	/* of the blob */
	uint64_t size;			/* bytes of the blob */
	uint64_t tar_size;		/* bytes of the tar */
};

/*
 * Writes a settled tree to sink, which the caller finishes. OCI_E_CHANGED
 * when a file is not as long as it was when it was added, or changes while it
 * is read.
 */
OCI_API int oci_layer_write(struct oci_layer *out, const struct oci_tree *tree,
			    struct oci_sink *sink,
			    const struct oci_layer_options *options,
			    struct oci_error *err);

/* The media type of a layer with that compression. Borrowed. */
OCI_API const char *oci_layer_media_type(enum oci_compression compression);

/* Reads "gzip", "zstd", "none", or one with ":LEVEL" behind it. */
OCI_API int oci_compression_parse(enum oci_compression *compression,
				  int *level, const char *text,
				  struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
