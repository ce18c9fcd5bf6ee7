/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a compressed stream, as they were written. */
#ifndef IO_BLOCKS_H
#define IO_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "io/digest.h"

struct oci_block {
	uint64_t in_size;	/* bytes before compression */
	uint64_t out_size;	/* and after it */
	uint32_t sum;		/* CRC-32 of the compressed bytes */
	struct oci_digest_state in;	/* of all before this block */
	struct oci_digest_state out;	/* the same, compressed: short of less
					 * than OCI_DIGEST_BLOCK bytes */
	struct oci_digest id;	/* what it was made of; empty: not known */
};

/* Zero it to start with an empty list. */
struct oci_blocks {
	struct oci_block *items;
	size_t count;
	size_t capacity;
};

/* Copies block. */
int oci_blocks_add(struct oci_blocks *blocks, const struct oci_block *block,
		   struct oci_error *err);
void oci_blocks_release(struct oci_blocks *blocks);

/* A block that was compressed before: its bytes in a file. */
struct oci_block_place {
	uint64_t in_size;	/* 0: not known */
	uint64_t out_size;
	uint64_t offset;
	uint32_t sum;
};

uint32_t oci_block_sum(const void *data, size_t size);
/* Reads it, at most room bytes; false where the bytes are not the same. */
bool oci_block_fetch(void *out, size_t room, int fd,
		     const struct oci_block_place *place);

#endif
