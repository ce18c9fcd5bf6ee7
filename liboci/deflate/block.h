/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one block, in the shortest of the three ways (RFC 1951, 3.2.3). */
#ifndef DEFLATE_BLOCK_H
#define DEFLATE_BLOCK_H

#include <stddef.h>

#include "deflate/bits.h"
#include "deflate/parse.h"

/* The codes of one block; room that is used again for each. */
struct oci_codes {
	uint8_t lengths[OCI_SYMBOLS];
	uint16_t codes[OCI_SYMBOLS];
	/* Bits and, in the lowest 8, how many: of a literal and of the length
	 * of a match with the bits that follow it. */
	uint32_t literals[256];
	uint32_t matches[256];
};

/*
 * Writes `size` bytes of input, which are the sequences from first to end; end
 * is the last one, which has no match. counts are those of their symbols; the
 * one for the end of the block is set here. The block is not the last one of
 * the stream.
 */
void oci_block_write(struct oci_bits *bits, struct oci_codes *codes,
		     uint32_t *counts, const uint8_t *in, size_t size,
		     const struct oci_sequence *first,
		     const struct oci_sequence *end);

/* Writes stored blocks, which end on a byte boundary; one if size is 0 (then in
 * may be NULL). */
void oci_block_store(struct oci_bits *bits, const uint8_t *in, size_t size);

#endif
