/* SPDX-License-Identifier: Apache-2.0 */
/* Huffman codes of limited length (RFC 1951, 3.2.2). */
#ifndef DEFLATE_HUFFMAN_H
#define DEFLATE_HUFFMAN_H

#include <stdint.h>

enum { OCI_CODE_MAX = 15, OCI_ALPHABET_MAX = 288 };

/*
 * Computes the lengths of the codes of n symbols (2 to OCI_ALPHABET_MAX) from
 * their counts (less than 2^24 each, 2^31 together): at most `longest` bits, 0
 * for a symbol that does not occur. At least two symbols get a code.
 */
void oci_huffman_lengths(uint8_t *lengths, const uint32_t *counts, unsigned n,
			 unsigned longest);

/* Computes the codes from their lengths, with the first bit lowest. */
void oci_huffman_codes(uint16_t *codes, const uint8_t *lengths, unsigned n);

#endif
