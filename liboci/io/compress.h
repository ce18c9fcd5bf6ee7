/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compresses independent blocks on several threads. All blocks together are one
 * gzip member, and each is one zstd frame. The bytes depend on the input, its
 * marks, the codec and the level, but not on the number of threads.
 */
#ifndef IO_COMPRESS_H
#define IO_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/stream.h>

#include "io/blocks.h"

#define OCI_CODEC_TEXT 256

/* The most bytes before the first block, and behind the last one. */
enum { OCI_CODEC_EDGE = 16 };

struct oci_codec {
	const char *name;
	int level_min;
	int level_max;
	size_t block; /* the most bytes of a block: part of the output format */
	/* Identifies the compressor: the bytes of another may differ. */
	void (*identify)(char out[OCI_CODEC_TEXT]);
	/* The bytes before the first block. */
	const char *head;
	size_t head_size;
	/* Writes the bytes behind the last block to out; returns their number.
	 * sum is the checksum of all `size` bytes of input. NULL: none. */
	size_t (*end)(char out[OCI_CODEC_EDGE], uint32_t sum, uint64_t size);
	/* Returns the checksum of a block's input, and that of two pieces of
	 * input, the second of which has size bytes. NULL if end is. */
	uint32_t (*sum)(const void *in, size_t size);
	uint32_t (*join)(uint32_t sum, uint32_t next, uint64_t size);
	/* Makes the state of one thread; NULL if memory ran out. */
	void *(*open)(int level);
	void (*close)(void *state);
	/* Returns the most bytes of a compressed block. */
	size_t (*bound)(void);
	/* Returns the number of bytes written to out, which has room for as
	 * many as bound returns; 0 if memory ran out. */
	size_t (*compress)(void *state, const void *in, size_t size, void *out,
			   size_t room);
};

extern const struct oci_codec oci_codec_gzip;
extern const struct oci_codec oci_codec_zstd;

/* Everything is borrowed until the sink is freed. */
struct oci_compress_options {
	const struct oci_codec *codec;
	int level;
	unsigned jobs;		 /* threads; 0: one for each core */
	struct oci_digester *in; /* digests the input on a thread; or NULL */
	const struct oci_digester *out;	/* of next; NULL without blocks */
	struct oci_blocks *blocks;	/* gets what became of each block, where
					 * in and out are given; may be NULL */
	const struct oci_old_block *old; /* of the blocks to come, those
					  * that need no compressing */
	size_t known_count;
	int known_fd;
	/* Of the input whose blocks are in the sink already, with the bytes
	 * before them. */
	bool resumed;
	uint32_t sum;
	uint64_t size;
};

/* Returns whether a block of size bytes ends before a record of `coming`. */
bool oci_compress_cuts(const struct oci_codec *codec, size_t size,
		       uint64_t coming);

/* next is borrowed and not finished. */
int oci_compress_open(struct oci_sink **out, struct oci_sink *next,
		      const struct oci_compress_options *options,
		      struct oci_error *err);

#endif
