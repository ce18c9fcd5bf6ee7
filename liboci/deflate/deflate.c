/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parser cuts the input into sequences, one piece at a time. A piece goes to
 * the block before it, or begins a new one: statistics.c decides, unless the
 * block is large. block.c writes the blocks.
 */
#include "deflate/deflate.h"

#include <stdlib.h>
#include <string.h>

#include "deflate/block.h"
#include "deflate/parse.h"
#include "deflate/statistics.h"

enum {
	/* A block ends when it has so many sequences or bytes. */
	SEQUENCES = 49152,
	BLOCK = 300000,
	/* The last match of a piece may end beyond the piece's size. */
	PIECE_MAX = 8192,
	ROOM = SEQUENCES + PIECE_MAX / OCI_MATCH_MIN + 2,
};

static const struct level {
	oci_parser *parse;
	const size_t *table;	/* bytes */
	struct oci_effort effort;
	unsigned piece;		/* bytes */
	unsigned header;	/* bits that a new block has to save */
} levels[OCI_DEFLATE_LEVELS + 1] = {
	[1] = { oci_parse_single, &oci_single_size, {0}, 8192, 1000 },
	[2] = { oci_parse_buckets, &oci_buckets_size, {0}, 4096, 600 },
	[3] = { oci_parse_chains, &oci_chains_size, { 4, 32, false }, 4096,
		600 },
	[4] = { oci_parse_chains, &oci_chains_size, { 6, 32, false }, 4096,
		600 },
	[5] = { oci_parse_chains, &oci_chains_size, { 10, 48, false }, 4096,
		600 },
	[6] = { oci_parse_chains, &oci_chains_size, { 16, 65, false }, 2048,
		600 },
	[7] = { oci_parse_chains, &oci_chains_size, { 40, 130, false }, 2048,
		600 },
	[8] = { oci_parse_chains, &oci_chains_size, { 130, 258, true }, 2048,
		600 },
	[9] = { oci_parse_chains, &oci_chains_size, { 400, 258, true }, 2048,
		600 },
};

struct oci_deflate {
	const struct level *level;
	void *table;
	struct oci_parse parse;
	struct oci_statistics block;
	struct oci_logarithms logs;
	struct oci_codes codes;
	struct oci_sequence sequences[ROOM];
};

static void fill_slots(struct oci_slots *slots)
{
	for (unsigned i = 0; i < 256; i++) {
		slots->length[i] = (uint8_t)oci_length_slot(i);
		slots->distance[i] = (uint8_t)oci_distance_slot(i);
		slots->distance[256 + i] = (uint8_t)oci_distance_slot(128 * i);
	}
}

struct oci_deflate *oci_deflate_new(int level)
{
	struct oci_deflate *d;

	if (level < 1 || level > OCI_DEFLATE_LEVELS)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->level = &levels[level];
	d->table = malloc(*d->level->table);
	if (!d->table) {
		free(d);
		return NULL;
	}
	oci_logarithms_fill(&d->logs);
	fill_slots(&d->parse.slots);
	return d;
}

void oci_deflate_free(struct oci_deflate *d)
{
	if (!d)
		return;
	free(d->table);
	free(d);
}

/* A block is never larger than its bytes stored, which takes 5 bytes more. All
 * but the last one have at least 2,048 bytes, the smallest piece. */
size_t oci_deflate_bound(size_t size)
{
	return size + size / 256 + 64;
}

/* Writes the block from `block` to the mark. Sequences behind it begin the next
 * one. */
static void end_block(struct oci_deflate *d, struct oci_bits *bits,
		      const uint8_t *block, const struct oci_cursor *mark)
{
	struct oci_cursor *at = &d->parse.at;
	size_t after = (size_t)(at->next - mark->next);
	struct oci_sequence first = *mark->next;
	uint32_t literals = (uint32_t)(mark->in - mark->literals);

	mark->next->literals = literals;
	oci_block_write(bits, &d->codes, d->block.counts, block,
			(size_t)(mark->in - block), d->sequences, mark->next);
	memset(&d->block, 0, sizeof(d->block));
	if (after) {
		first.literals -= literals;
		*mark->next = first;
		memmove(d->sequences, mark->next,
			after * sizeof(*d->sequences));
	} else {
		at->literals = mark->in;
	}
	at->next = d->sequences + after;
}

/* Parses the next piece. */
static void parse_piece(struct oci_deflate *d)
{
	struct oci_parse *p = &d->parse;
	size_t left;

	memset(p->counts, 0, sizeof(p->counts));
	/* There is nothing before the first byte that could match. */
	if (p->at.in == p->start)
		p->counts[*p->at.in++]++;
	left = (size_t)(p->end - p->at.in);
	if (left > OCI_PARSE_AHEAD) {
		left -= OCI_PARSE_AHEAD;
		p->stop = p->at.in +
			  (left < d->level->piece ? left : d->level->piece);
		d->level->parse(d->table, p, &d->level->effort);
		return;
	}
	while (p->at.in < p->end)
		p->counts[*p->at.in++]++;
}

static void compress(struct oci_deflate *d, struct oci_bits *bits)
{
	struct oci_parse *p = &d->parse;
	const uint8_t *block = p->start;
	struct oci_cursor mark;

	while (p->at.in < p->end) {
		mark = p->at;
		parse_piece(d);
		if (!oci_statistics_add(&d->block, p->counts, d->level->header,
					&d->logs)) {
			end_block(d, bits, block, &mark);
			block = mark.in;
			oci_statistics_add(&d->block, p->counts, 0, &d->logs);
		}
		if (p->at.next - d->sequences < SEQUENCES &&
		    p->at.in - block < BLOCK && p->at.in < p->end)
			continue;
		mark = p->at;
		end_block(d, bits, block, &mark);
		block = p->at.in;
	}
}

size_t oci_deflate_compress(struct oci_deflate *d, void *out, const void *in,
			    size_t size)
{
	struct oci_parse *p = &d->parse;
	struct oci_bits bits = { .out = out };

	memset(d->table, 0, *d->level->table);
	memset(&d->block, 0, sizeof(d->block));
	p->start = in;
	p->end = p->start + size;
	p->at = (struct oci_cursor){ p->start, p->start, d->sequences, 0 };
	compress(d, &bits);
	/* An empty stored block ends on a byte boundary. */
	oci_block_store(&bits, NULL, 0);
	return (size_t)(bits.out - (uint8_t *)out);
}
