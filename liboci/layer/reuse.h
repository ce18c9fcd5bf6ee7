/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reuse of the compressed blocks of a layer that was written before. A block
 * whose inputs are unchanged is copied from the old blob and not compressed
 * again. The inputs of the blocks before the first changed one are not even
 * read.
 */
#ifndef LAYER_REUSE_H
#define LAYER_REUSE_H

#include <time.h>

#include <oci/layer.h>
#include <oci/tree.h>

#include "io/blocks.h"
#include "io/compress.h"

/* A layer that was written before. Borrowed. */
struct oci_layer_before {
	const struct oci_blocks *blocks;
	int fd; /* of its blob */
};

/* Which blocks can be copied. */
struct oci_reuse {
	struct timespec now; /* the time before the first read */
	uint64_t *offsets;   /* of the tree's nodes in the tar, and its end;
			      * NULL: not measured */
	struct oci_blocks blocks;  /* of the new tar: in_size and id */
	struct oci_old_block *old; /* one for each of blocks; or NULL */
	size_t prefix; /* number of blocks at the start that are unchanged; the
			  last block is never one of them */
};

/* Compares the tree with a layer that was written with the same codec. If
 * before is NULL, nothing is compared, and offsets is allocated for the caller
 * to fill. */
int oci_reuse_open(struct oci_reuse *out, const struct oci_tree *tree,
		   const struct oci_codec *codec,
		   const struct oci_layer_before *before,
		   struct oci_error *err);
/* Computes from reuse->offsets where the blocks of the tar end, and their ids.
 * Does nothing if oci_reuse_open has done it. */
int oci_reuse_plan(struct oci_reuse *reuse, const struct oci_tree *tree,
		   const struct oci_codec *codec, struct oci_error *err);
/* Sets the ids of the written blocks to those of the plan. */
void oci_reuse_identify(struct oci_blocks *blocks,
			const struct oci_reuse *reuse);
void oci_reuse_release(struct oci_reuse *reuse);

/* layer.c: oci_layer_write with reuse. blocks (may be NULL) gets the written
 * blocks; before may be NULL. */
int oci_layer_write_blocks(struct oci_layer *out, struct oci_blocks *blocks,
			   const struct oci_tree *tree, struct oci_sink *sink,
			   const struct oci_layer_options *options,
			   const struct oci_layer_before *before,
			   struct oci_error *err);

#endif
