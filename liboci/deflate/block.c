/* SPDX-License-Identifier: Apache-2.0 */
#include "deflate/block.h"

#include "deflate/header.h"
#include "deflate/huffman.h"

enum {
	STORED = 0,
	STATIC = 1,
	DYNAMIC = 2,
	STORED_MAX = 65535,
	/* So that four literals fit between two flushes. */
	LITERAL_BITS = 14,
};

/* The fixed lengths of RFC 1951, 3.2.6. */
static unsigned static_length(unsigned symbol)
{
	if (symbol >= OCI_FIRST_DISTANCE)
		return 5;
	return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}

/* Adds the bits of one symbol, with what follows it, to both sums. */
static void add_sizes(uint64_t *own, uint64_t *fixed, unsigned symbol,
		      uint32_t count, unsigned length, unsigned extra)
{
	*own += (uint64_t)count * (length + extra);
	*fixed += (uint64_t)count * (static_length(symbol) + extra);
}

static void measure(uint64_t *own, uint64_t *fixed, const uint32_t *counts,
		    const uint8_t *lengths)
{
	*own = *fixed = 0;
	for (unsigned i = 0; i < OCI_FIRST_LENGTH; i++)
		add_sizes(own, fixed, i, counts[i], lengths[i], 0);
	for (unsigned i = OCI_FIRST_LENGTH; i < OCI_LITERAL_CODES; i++)
		add_sizes(own, fixed, i, counts[i], lengths[i],
			  oci_length_extra(i - OCI_FIRST_LENGTH));
	for (unsigned i = 0; i < OCI_DISTANCE_CODES; i++) {
		unsigned symbol = OCI_FIRST_DISTANCE + i;

		add_sizes(own, fixed, symbol, counts[symbol], lengths[symbol],
			  oci_distance_extra(i));
	}
}

void oci_block_store(struct oci_bits *bits, const uint8_t *in, size_t size)
{
	do {
		size_t n = size < STORED_MAX ? size : STORED_MAX;
		uint32_t length = (uint32_t)n;

		oci_bits_put(bits, STORED << 1, 3);
		oci_bits_align(bits);
		oci_bits_put(bits, length | (~length & 0xFFFF) << 16, 32);
		oci_bits_flush(bits);
		if (!n)
			return;
		memcpy(bits->out, in, n);
		bits->out += n;
		in += n;
		size -= n;
	} while (size);
}

static void fill_tables(struct oci_codes *c)
{
	oci_huffman_codes(c->codes, c->lengths, OCI_FIRST_DISTANCE);
	oci_huffman_codes(c->codes + OCI_FIRST_DISTANCE,
			  c->lengths + OCI_FIRST_DISTANCE,
			  OCI_SYMBOLS - OCI_FIRST_DISTANCE);
	for (unsigned i = 0; i < 256; i++)
		c->literals[i] = (uint32_t)c->codes[i] << 8 | c->lengths[i];
	for (unsigned x = 0; x < 256; x++) {
		unsigned slot = oci_length_slot(x);
		unsigned extra = oci_length_extra(slot);
		unsigned symbol = OCI_FIRST_LENGTH + slot;
		uint32_t low = x & ((1U << extra) - 1);

		c->matches[x] = (c->codes[symbol] |
				 low << c->lengths[symbol]) << 8 |
				(c->lengths[symbol] + extra);
	}
}

OCI_INLINE void put(struct oci_bits *bits, uint32_t code)
{
	oci_bits_put(bits, code >> 8, code & 255);
}

OCI_INLINE const uint8_t *put_literals(struct oci_bits *bits,
				       const struct oci_codes *c,
				       const uint8_t *in, uint32_t n)
{
	for (; n >= 4; n -= 4) {
		put(bits, c->literals[in[0]]);
		put(bits, c->literals[in[1]]);
		put(bits, c->literals[in[2]]);
		put(bits, c->literals[in[3]]);
		oci_bits_flush(bits);
		in += 4;
	}
	while (n--)
		put(bits, c->literals[*in++]);
	oci_bits_flush(bits);
	return in;
}

/* Most sequences have less than four literals. To need no branches on how many
 * they are, each puts four codes, of which those beyond the literals have 0
 * bits. in[0] to in[3] are in the input: behind the start of a match, it has
 * OCI_PARSE_AHEAD bytes. */
OCI_INLINE const uint8_t *put_sequence(struct oci_bits *bits,
				   const struct oci_codes *c,
				   const uint8_t *in,
				   const struct oci_sequence *s)
{
	uint32_t n = s->literals;
	unsigned extra = oci_distance_extra(s->slot);

	if (n > 4) {
		in = put_literals(bits, c, in, n - 4);
		n = 4;
	}
	put(bits, c->literals[in[0]] & -(uint32_t)(n > 0));
	put(bits, c->literals[in[1]] & -(uint32_t)(n > 1));
	put(bits, c->literals[in[2]] & -(uint32_t)(n > 2));
	put(bits, c->literals[in[3]] & -(uint32_t)(n > 3));
	oci_bits_flush(bits);
	put(bits, c->matches[s->length]);
	oci_bits_put(bits, c->codes[OCI_FIRST_DISTANCE + s->slot],
		     c->lengths[OCI_FIRST_DISTANCE + s->slot]);
	oci_bits_put(bits, s->distance & ((1U << extra) - 1), extra);
	oci_bits_flush(bits);
	return in + n + s->length + OCI_MATCH_MIN;
}

/* Works with a copy of *bits, so that the compiler keeps it in registers. */
static void put_block(struct oci_bits *bits, const struct oci_codes *c,
		      const uint8_t *in, const struct oci_sequence *first,
		      const struct oci_sequence *end)
{
	struct oci_bits b = *bits;

	for (; first < end; first++)
		in = put_sequence(&b, c, in, first);
	put_literals(&b, c, in, end->literals);
	oci_bits_put(&b, c->codes[OCI_END_OF_BLOCK],
		     c->lengths[OCI_END_OF_BLOCK]);
	oci_bits_flush(&b);
	*bits = b;
}

void oci_block_write(struct oci_bits *bits, struct oci_codes *c,
		     uint32_t *counts, const uint8_t *in, size_t size,
		     const struct oci_sequence *first,
		     const struct oci_sequence *end)
{
	size_t pieces = size ? (size + STORED_MAX - 1) / STORED_MAX : 1;
	uint64_t stored = 8 * (uint64_t)(size + 5 * pieces), own, fixed;
	struct oci_header header;

	counts[OCI_END_OF_BLOCK] = 1;
	memset(c->lengths, 0, sizeof(c->lengths));
	oci_huffman_lengths(c->lengths, counts, OCI_LITERAL_CODES,
			    LITERAL_BITS);
	oci_huffman_lengths(c->lengths + OCI_FIRST_DISTANCE,
			    counts + OCI_FIRST_DISTANCE, OCI_DISTANCE_CODES,
			    OCI_CODE_MAX);
	oci_header_make(&header, c->lengths);
	measure(&own, &fixed, counts, c->lengths);
	own += header.size;
	if (stored <= own && stored <= fixed) {
		oci_block_store(bits, in, size);
		return;
	}
	oci_bits_put(bits, fixed <= own ? STATIC << 1 : DYNAMIC << 1, 3);
	oci_bits_flush(bits);
	if (fixed <= own)
		for (unsigned i = 0; i < OCI_SYMBOLS; i++)
			c->lengths[i] = (uint8_t)static_length(i);
	else
		oci_header_write(bits, &header);
	fill_tables(c);
	put_block(bits, c, in, first, end);
}
