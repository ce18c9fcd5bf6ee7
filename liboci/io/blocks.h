/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a compressed stream, as they were written. */
#ifndef IO_BLOCKS_H
#define IO_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include <oci/stream.h>

#include "io/digest.h"

struct oci_block {
	uint64_t in_size;	/* bytes before compression */
	uint64_t out_size;	/* and after it */
	struct oci_digest_state in; /* of all bytes before this block */
	/* Of the compressed stream before this block, without its last bytes
	 * if they do not fill OCI_DIGEST_BLOCK. */
	struct oci_digest_state out;
	struct oci_digest end; /* of the compressed stream after this block */
	struct oci_digest id;  /* of the block's inputs; empty: unknown */
	uint32_t sum;	       /* the codec's checksum of the bytes before
				* compression; 0 without one */
};

/* Zero it to start with an empty list. */
struct oci_blocks {
	struct oci_block *items;
	size_t count;
	size_t capacity;
	uint64_t start; /* bytes of the stream before the first block */
};

/* Copies block. */
int oci_blocks_add(struct oci_blocks *blocks, const struct oci_block *block,
		   struct oci_error *err);
void oci_blocks_release(struct oci_blocks *blocks);

/* A block that was compressed before: its bytes in the file of the stream. */
struct oci_old_block {
	const struct oci_block *block; /* borrowed; or NULL */
	uint64_t offset;
};

/*
 * Reads a block of at most room bytes from fd into out. Returns false if it
 * cannot be read or was changed: the digest of the stream before the block
 * (block->out) has to become the one after it (block->end). May be called on
 * any thread.
 */
bool oci_block_fetch(void *out, size_t room, int fd,
		     const struct oci_old_block *place);

/*
 * Copies blocks of at most room bytes each from fd to sink, in their order, up
 * to the first one that oci_block_fetch refuses; *copied is their number. Reads
 * and checks on `jobs` threads (0: one for each core), with room for one block
 * each. Errors: those of the sink, OCI_E_NOMEM.
 */
int oci_blocks_copy(size_t *copied, struct oci_sink *sink, int fd,
		    const struct oci_old_block *places, size_t count,
		    size_t room, unsigned jobs, struct oci_error *err);

#endif
