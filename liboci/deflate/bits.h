/* SPDX-License-Identifier: Apache-2.0 */
/* Writes numbers of some bits, the lowest bit first (RFC 1951, 3.1.1). */
#ifndef DEFLATE_BITS_H
#define DEFLATE_BITS_H

#include <string.h>

#include "deflate/load.h"

struct oci_bits {
	uint64_t bits;	/* not yet written */
	unsigned count;	/* of bits: less than 8 after oci_bits_flush */
	uint8_t *out;	/* has 8 bytes more than are written */
};

/* The sum of the sizes since the last flush is at most 56. value has no bits
 * above size. */
OCI_INLINE void oci_bits_put(struct oci_bits *b, uint32_t value,
				unsigned size)
{
	b->bits |= (uint64_t)value << b->count;
	b->count += size;
}

OCI_INLINE void oci_bits_flush(struct oci_bits *b)
{
	oci_store64(b->out, b->bits);
	b->out += b->count / 8;
	b->bits >>= b->count & ~7U;
	b->count %= 8;
}

/* Fills the last byte with zeros. */
OCI_INLINE void oci_bits_align(struct oci_bits *b)
{
	oci_bits_flush(b);
	b->out += b->count != 0;
	b->bits = 0;
	b->count = 0;
}

#endif
