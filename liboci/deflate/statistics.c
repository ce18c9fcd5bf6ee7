/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entropy of n symbols that occur c times each is n log n - sum of c log c
 * bits. A piece of input gets its own block if the entropy of both together is
 * larger than the sum of theirs by more than the header of a block.
 */
#include "deflate/statistics.h"

/* Squares 1 + i / 2^OCI_LOG_BITS again and again: each time that it passes 2 is
 * a 1 in its logarithm. */
void oci_logarithms_fill(struct oci_logarithms *logs)
{
	for (uint32_t i = 0; i < 1U << OCI_LOG_BITS; i++) {
		uint64_t y = ((uint64_t)1 << 30) +
			     ((uint64_t)i << (30 - OCI_LOG_BITS));
		unsigned log = 0;

		/* Four bits more than are kept, for rounding. */
		for (int bit = 0; bit < OCI_LOG_BITS + 4; bit++) {
			y = y * y >> 30;
			log = log * 2 + (y >> 31 != 0);
			y >>= y >> 31;
		}
		logs->of[i] = (uint16_t)((log + 8) >> 4);
	}
}

/* Returns x times its binary logarithm, times 2^OCI_LOG_BITS; 0 for 0. */
static inline uint64_t weigh(const struct oci_logarithms *logs, uint32_t x)
{
	unsigned n = oci_log2(x | 1);
	uint32_t fraction = (uint32_t)((uint64_t)x << (31 - n)) >>
				    (31 - OCI_LOG_BITS) &
			    ((1U << OCI_LOG_BITS) - 1);

	return x * (uint64_t)((n << OCI_LOG_BITS) + logs->of[fraction]);
}

static uint32_t sum(const uint32_t *counts, unsigned first, unsigned end)
{
	uint32_t total = 0;

	for (unsigned i = first; i < end; i++)
		total += counts[i];
	return total;
}

/* Returns by how much the totals of one alphabet reduce what own codes save. */
static uint64_t weigh_totals(const struct oci_logarithms *logs,
			     const uint32_t *a, const uint32_t *b,
			     unsigned first, unsigned end)
{
	uint32_t m = sum(a, first, end), n = sum(b, first, end);

	return weigh(logs, m + n) - weigh(logs, m) - weigh(logs, n);
}

static void add(struct oci_statistics *block, const uint32_t *counts,
		const uint16_t *used, unsigned n, const uint64_t *weights)
{
	for (unsigned i = 0; i < n; i++) {
		block->counts[used[i]] += counts[used[i]];
		block->weights[used[i]] = weights[i];
	}
}

bool oci_statistics_add(struct oci_statistics *block, const uint32_t *counts,
			unsigned bits, const struct oci_logarithms *logs)
{
	uint64_t weights[OCI_SYMBOLS];
	uint16_t used[OCI_SYMBOLS];
	uint64_t before = 0, after = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < OCI_SYMBOLS; i++) {
		used[n] = (uint16_t)i;
		n += counts[i] != 0;
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned s = used[i];

		weights[i] = weigh(logs, block->counts[s] + counts[s]);
		after += weights[i];
		before += block->weights[s] + weigh(logs, counts[s]);
	}
	before += weigh_totals(logs, block->counts, counts, 0,
			       OCI_FIRST_DISTANCE);
	before += weigh_totals(logs, block->counts, counts, OCI_FIRST_DISTANCE,
			       OCI_SYMBOLS);
	if (sum(block->counts, 0, OCI_FIRST_DISTANCE) &&
	    before > after + ((uint64_t)bits << OCI_LOG_BITS))
		return false;
	add(block, counts, used, n, weights);
	return true;
}
