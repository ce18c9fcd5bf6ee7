/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lengths come from sorted counts in place (A. Moffat and J. Katajainen,
 * "In-Place Calculation of Minimum-Redundancy Codes", 1995). Codes that are too
 * long are shortened to the limit, and others made longer for them.
 */
#include "deflate/huffman.h"

#include <string.h>

/* A symbol below its count: sorting by the number leaves no ties. */
#define KEY(count, symbol) ((uint64_t)(count) << 16 | (symbol))
#define KEY_COUNT(key) ((uint32_t)((key) >> 16))
#define KEY_SYMBOL(key) ((key) & 0xFFFF)

/* Sorts by one byte of the key; the order of equal ones stays. */
static void sort_byte(uint64_t *out, const uint64_t *in, unsigned n,
		      unsigned shift)
{
	uint16_t starts[257] = {0};

	for (unsigned i = 0; i < n; i++)
		starts[(in[i] >> shift & 255) + 1]++;
	for (unsigned i = 0; i < 256; i++)
		starts[i + 1] = (uint16_t)(starts[i + 1] + starts[i]);
	for (unsigned i = 0; i < n; i++)
		out[starts[in[i] >> shift & 255]++] = in[i];
}

/* Symbols are in order before; counts have three bytes. */
static void sort(uint64_t *keys, unsigned n)
{
	uint64_t other[OCI_ALPHABET_MAX];
	uint64_t all = 0;

	for (unsigned i = 0; i < n; i++)
		all |= keys[i];
	sort_byte(other, keys, n, 16);
	sort_byte(keys, other, n, 24);
	if (!(all >> 32))
		return;
	sort_byte(other, keys, n, 32);
	memcpy(keys, other, n * sizeof(*keys));
}

/* Joins the two lightest trees until one is left. Before: weights in ascending
 * order. After: nodes[i], i < n - 1, is the parent of the inner node i. */
static void join(uint32_t *nodes, unsigned n)
{
	unsigned leaf = 0, inner = 0;

	for (unsigned next = 0; next < n - 1; next++) {
		uint32_t weight = 0;

		for (int child = 0; child < 2; child++) {
			if (leaf >= n ||
			    (inner < next && nodes[inner] < nodes[leaf])) {
				weight += nodes[inner];
				nodes[inner++] = next;
			} else {
				weight += nodes[leaf++];
			}
		}
		nodes[next] = weight;
	}
}

/* Counts the leaves of each depth. nodes is what join left; n is at least 2. */
static void count_lengths(unsigned *of_length, uint32_t *nodes, unsigned n,
			  unsigned longest)
{
	/* The root is the only node without children yet. */
	memset(of_length, 0, (longest + 1) * sizeof(*of_length));
	of_length[1] = 2;
	nodes[n - 2] = 0;
	for (unsigned i = n - 2; i-- > 0;) {
		uint32_t depth = nodes[nodes[i]] + 1;
		unsigned at = depth < longest ? depth : longest - 1;

		nodes[i] = depth;
		/* A leaf becomes an inner node: two leaves below it. */
		while (!of_length[at])
			at--;
		of_length[at]--;
		of_length[at + 1] += 2;
	}
}

void oci_huffman_lengths(uint8_t *lengths, const uint32_t *counts, unsigned n,
			 unsigned longest)
{
	uint64_t keys[OCI_ALPHABET_MAX];
	uint32_t nodes[OCI_ALPHABET_MAX];
	unsigned of_length[OCI_CODE_MAX + 1];
	unsigned used = 0;

	memset(lengths, 0, n);
	for (unsigned i = 0; i < n; i++)
		if (counts[i])
			keys[used++] = KEY(counts[i], i);
	if (used < 2) {
		unsigned symbol = used ? (unsigned)KEY_SYMBOL(keys[0]) : 0;

		lengths[symbol] = 1;
		lengths[symbol ? 0 : 1] = 1;
		return;
	}
	sort(keys, used);
	for (unsigned i = 0; i < used; i++)
		nodes[i] = KEY_COUNT(keys[i]);
	join(nodes, used);
	count_lengths(of_length, nodes, used, longest);
	/* The rarest symbols get the longest codes. */
	for (unsigned i = 0, length = longest; length; length--)
		for (unsigned k = of_length[length]; k; k--)
			lengths[KEY_SYMBOL(keys[i++])] = (uint8_t)length;
}

static uint16_t reverse(unsigned code, unsigned length)
{
	code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
	code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
	code = (code & 0x0F0F) << 4 | (code >> 4 & 0x0F0F);
	code = (code & 0x00FF) << 8 | (code >> 8 & 0x00FF);
	return (uint16_t)(code >> (16 - length));
}

void oci_huffman_codes(uint16_t *codes, const uint8_t *lengths, unsigned n)
{
	unsigned of_length[OCI_CODE_MAX + 1] = {0}, next[OCI_CODE_MAX + 1];
	unsigned code = 0;

	for (unsigned i = 0; i < n; i++)
		of_length[lengths[i]]++;
	of_length[0] = 0;
	for (unsigned length = 1; length <= OCI_CODE_MAX; length++) {
		code = (code + of_length[length - 1]) << 1;
		next[length] = code;
	}
	for (unsigned i = 0; i < n; i++)
		codes[i] = lengths[i] ? reverse(next[lengths[i]]++, lengths[i])
				      : 0;
}
