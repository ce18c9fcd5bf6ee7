/* SPDX-License-Identifier: Apache-2.0 */
#include "deflate/header.h"

#include "deflate/huffman.h"

enum {
	REPEAT = 16,	 /* the length before, 3 to 6 times */
	ZEROS = 17,	 /* 3 to 10 times */
	MANY_ZEROS = 18, /* 11 to 138 times */
	LITERALS_MIN = 257,
	CODES_MIN = 4,
};

/* The order in which the lengths of the codes of items stand. */
static const uint8_t order[OCI_LENGTH_CODES] = {
	16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
};

static unsigned extra_bits(unsigned symbol)
{
	static const uint8_t bits[] = { 2, 3, 7 };

	return symbol < REPEAT ? 0 : bits[symbol - REPEAT];
}

static void add(struct oci_header *h, uint32_t *counts, unsigned symbol,
		unsigned extra)
{
	h->items[h->count++] = (uint16_t)(symbol | extra << 5);
	counts[symbol]++;
}

/* Adds `run` times the same length. */
static void add_run(struct oci_header *h, uint32_t *counts, unsigned length,
		    unsigned run)
{
	while (!length && run >= 11) {
		unsigned n = run < 138 ? run : 138;

		add(h, counts, MANY_ZEROS, n - 11);
		run -= n;
	}
	if (!length && run >= 3) {
		add(h, counts, ZEROS, run - 3);
		run = 0;
	}
	if (length && run >= 4) {
		add(h, counts, length, 0);
		for (run--; run >= 3;) {
			unsigned n = run < 6 ? run : 6;

			add(h, counts, REPEAT, n - 3);
			run -= n;
		}
	}
	while (run--)
		add(h, counts, length, 0);
}

static void add_lengths(struct oci_header *h, uint32_t *counts,
			const uint8_t *lengths)
{
	uint8_t all[OCI_SYMBOLS];
	unsigned n = h->literals + h->distances;

	memcpy(all, lengths, h->literals);
	memcpy(all + h->literals, lengths + OCI_FIRST_DISTANCE, h->distances);
	for (unsigned i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && all[i + run] == all[i];)
			run++;
		add_run(h, counts, all[i], run);
	}
}

void oci_header_make(struct oci_header *h, const uint8_t *lengths)
{
	uint32_t counts[OCI_LENGTH_CODES] = {0};

	h->count = 0;
	h->literals = OCI_LITERAL_CODES;
	while (h->literals > LITERALS_MIN && !lengths[h->literals - 1])
		h->literals--;
	h->distances = OCI_DISTANCE_CODES;
	while (h->distances > 1 &&
	       !lengths[OCI_FIRST_DISTANCE + h->distances - 1])
		h->distances--;
	add_lengths(h, counts, lengths);
	oci_huffman_lengths(h->lengths, counts, OCI_LENGTH_CODES, 7);
	h->codes = OCI_LENGTH_CODES;
	while (h->codes > CODES_MIN && !h->lengths[order[h->codes - 1]])
		h->codes--;
	h->size = 5 + 5 + 4 + 3 * h->codes;
	for (unsigned i = 0; i < OCI_LENGTH_CODES; i++)
		h->size += (uint64_t)counts[i] *
			   (h->lengths[i] + extra_bits(i));
}

void oci_header_write(struct oci_bits *bits, const struct oci_header *h)
{
	uint16_t codes[OCI_LENGTH_CODES];

	oci_huffman_codes(codes, h->lengths, OCI_LENGTH_CODES);
	oci_bits_put(bits, h->literals - LITERALS_MIN, 5);
	oci_bits_put(bits, h->distances - 1, 5);
	oci_bits_put(bits, h->codes - CODES_MIN, 4);
	oci_bits_flush(bits);
	for (unsigned i = 0; i < h->codes; i++) {
		oci_bits_put(bits, h->lengths[order[i]], 3);
		oci_bits_flush(bits);
	}
	for (unsigned i = 0; i < h->count; i++) {
		unsigned symbol = h->items[i] & 31;

		oci_bits_put(bits, codes[symbol], h->lengths[symbol]);
		oci_bits_put(bits, h->items[i] >> 5, extra_bits(symbol));
		oci_bits_flush(bits);
	}
}
