/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compression in independent blocks, on several threads. Each block becomes a
 * gzip member or a zstd frame of its own; the bytes depend on the input, its
 * marks, the codec and the level, never on the number of threads.
 */
#ifndef IO_COMPRESS_H
#define IO_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/stream.h>

#include "io/blocks.h"

#define OCI_CODEC_TEXT 256

struct oci_codec {
	const char *name;
	int level_min;
	int level_max;
	size_t block;		/* the most bytes that are compressed at once:
				 * part of the output format */
	/* What tells one build of the library from another, whose bytes may
	 * differ. */
	void (*identify)(char out[OCI_CODEC_TEXT]);
	/* A state for one thread; NULL when memory ran out. */
	void *(*open)(int level);
	void (*close)(void *state);
	/* The most bytes that a block becomes. */
	size_t (*bound)(void);
	/* The bytes written to out, or 0 when it failed. */
	size_t (*compress)(void *state, const void *in, size_t size, void *out,
			   size_t room);
};

extern const struct oci_codec oci_codec_gzip;
extern const struct oci_codec oci_codec_zstd;

/* Everything is borrowed until the sink is freed. */
struct oci_compress_options {
	const struct oci_codec *codec;
	int level;
	unsigned jobs;		/* threads; 0: one a core */
	struct oci_digester *in;	/* takes what is written, on a thread
					 * of its own; may be NULL */
	const struct oci_digester *out;	/* of next; NULL without blocks */
	struct oci_blocks *blocks;	/* gets what became of each block, where
					 * in and out are given; may be NULL */
	const struct oci_old_block *old; /* of the blocks to come, those
					  * that need no compressing */
	size_t known_count;
	int known_fd;
};

/* Whether a block that has size bytes ends before a record of `coming`. */
bool oci_compress_cuts(const struct oci_codec *codec, size_t size,
		       uint64_t coming);

/* next is borrowed and not finished. */
int oci_compress_open(struct oci_sink **out, struct oci_sink *next,
		      const struct oci_compress_options *options,
		      struct oci_error *err);

#endif
