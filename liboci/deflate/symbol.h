/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The symbols of DEFLATE (RFC 1951, 3.2.5). A match is a length of 3 to 258
 * bytes and a distance of 1 to 32,768 bytes. The high bits of each are a
 * symbol, and the low ones follow it as they are.
 */
#ifndef DEFLATE_SYMBOL_H
#define DEFLATE_SYMBOL_H

#include "deflate/load.h"

enum {
	OCI_MATCH_MIN = 3,
	OCI_MATCH_MAX = 258,
	OCI_WINDOW = 32768,	 /* the largest distance */
	OCI_END_OF_BLOCK = 256,	 /* after 256 literals */
	OCI_FIRST_LENGTH = 257,
	OCI_LITERAL_CODES = 286, /* literals, end of block and lengths */
	OCI_DISTANCE_CODES = 30,
	/* In an array of both, distances begin here. */
	OCI_FIRST_DISTANCE = 288,
	OCI_SYMBOLS = OCI_FIRST_DISTANCE + 32,
};

/* The position of the highest 1 in x, which is not 0. */
OCI_INLINE unsigned oci_log2(uint32_t x)
{
	return 31U - (unsigned)__builtin_clz(x);
}

/* x is a length less OCI_MATCH_MIN: returns its symbol less
 * OCI_FIRST_LENGTH. */
OCI_INLINE unsigned oci_length_slot(unsigned x)
{
	unsigned n = oci_log2(x | 4);

	if (x == OCI_MATCH_MAX - OCI_MATCH_MIN)
		return 28;
	return (n - 2) * 4 + (x >> (n - 2));
}

/* Returns how many low bits follow the symbol of a length. */
OCI_INLINE unsigned oci_length_extra(unsigned slot)
{
	return slot < 8 || slot == 28 ? 0 : (slot - 4) / 4;
}

/* x is a distance less 1: returns its symbol. */
OCI_INLINE unsigned oci_distance_slot(unsigned x)
{
	unsigned n = oci_log2(x | 2);

	return x < 2 ? x : 2 * n + (x >> (n - 1) & 1);
}

OCI_INLINE unsigned oci_distance_extra(unsigned slot)
{
	return slot < 4 ? 0 : (slot - 2) / 2;
}

#endif
