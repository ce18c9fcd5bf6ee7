/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a block with its own codes: the lengths of the codes, which are
 * compressed themselves (RFC 1951, 3.2.7). */
#ifndef DEFLATE_HEADER_H
#define DEFLATE_HEADER_H

#include "deflate/bits.h"
#include "deflate/symbol.h"

enum { OCI_LENGTH_CODES = 19 };

struct oci_header {
	uint16_t items[OCI_SYMBOLS]; /* a symbol; from bit 5, what follows it */
	unsigned count;
	unsigned literals;	/* number of lengths of each kind */
	unsigned distances;
	unsigned codes;
	uint8_t lengths[OCI_LENGTH_CODES]; /* of the codes of items */
	uint64_t size;		/* bits */
};

/* lengths has OCI_SYMBOLS items. */
void oci_header_make(struct oci_header *header, const uint8_t *lengths);
void oci_header_write(struct oci_bits *bits, const struct oci_header *header);

#endif
