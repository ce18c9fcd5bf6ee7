/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsing: cutting the input into literals and matches. There is one parser for
 * each trade of time against size. All of them remember positions modulo 65,536
 * in tables of 16-bit numbers that are cleared for each input, and compare the
 * bytes at a position before they use it: a position that is out of date only
 * costs a comparison.
 */
#ifndef DEFLATE_PARSE_H
#define DEFLATE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "deflate/load.h"
#include "deflate/symbol.h"

/* Some literals and the match behind them. The last sequence of a block has
 * only literals. */
struct oci_sequence {
	uint32_t literals;
	uint16_t distance;	/* less 1 */
	uint8_t length;		/* less OCI_MATCH_MIN */
	uint8_t slot;		/* oci_distance_slot(distance) */
};

enum {
	/* The bytes from a position that a parser may read without a check. It
	 * reads at most 8 bytes at the next position, which are 9; the others
	 * are room for parsers to come. */
	OCI_PARSE_AHEAD = 12,
	/* After so many positions without a match, steps grow. */
	OCI_PARSE_PATIENCE = 512,
};

/* How far a parser is. Parsers work with a copy, so that the compiler keeps it
 * in registers. */
struct oci_cursor {
	const uint8_t *in;	 /* the next byte to parse */
	const uint8_t *literals; /* the first literal after the last match */
	struct oci_sequence *next;
	unsigned misses; /* positions without a match */
};

/* The symbols of lengths and distances: a table is faster than computing them
 * (symbol.h) for each match. */
struct oci_slots {
	uint8_t length[256]; /* by the length less OCI_MATCH_MIN */
	/* By the distance less 1 if that is less than 256, otherwise by 256 +
	 * (distance - 1) / 128: these slots have at least 128 distances. */
	uint8_t distance[512];
};

struct oci_parse {
	const uint8_t *start;	 /* of the input */
	const uint8_t *end;
	const uint8_t *stop;	 /* where the parser returns, or soon after;
				  * has OCI_PARSE_AHEAD bytes behind it */
	struct oci_cursor at;
	uint32_t counts[OCI_SYMBOLS];
	struct oci_slots slots;
};

/* How long the parser of chains searches. */
struct oci_effort {
	unsigned depth;	/* positions to compare */
	unsigned nice;	/* a match of this length ends the search */
	bool twice;	/* look at two further positions for a better match */
};

/* Parses from parse->at to parse->stop. table was zero when start was parsed;
 * its size is one of the three numbers below. */
typedef void oci_parser(void *table, struct oci_parse *parse,
			const struct oci_effort *effort);

oci_parser oci_parse_single;  /* one position for each hash */
oci_parser oci_parse_buckets; /* the last three for each hash */
oci_parser oci_parse_chains;  /* all of them */
extern const size_t oci_single_size;
extern const size_t oci_buckets_size;
extern const size_t oci_chains_size;

/* The hash of 4 bytes, in `bits` bits. */
OCI_INLINE uint32_t oci_hash4(uint32_t bytes, unsigned bits)
{
	return bytes * 0x9E3779B1U >> (32 - bits);
}

/* The same for the first 3 of 4 bytes. */
OCI_INLINE uint32_t oci_hash3(uint32_t bytes, unsigned bits)
{
	return (bytes << 8) * 0x9E3779B1U >> (32 - bits);
}

/* Returns how many bytes, at most 7, are equal: x is the exclusive or of two
 * groups of 8 bytes. */
OCI_INLINE unsigned oci_equal_of_8(uint64_t x)
{
	return (unsigned)__builtin_ctzll(x | (uint64_t)1 << 63) / 8;
}

/* Returns how many bytes of a and b, at most max, are equal; the first `known`
 * are. b is before a. */
OCI_INLINE unsigned oci_extend(const uint8_t *a, const uint8_t *b,
				  unsigned known, unsigned max)
{
	unsigned n = known;

	for (; n + 8 <= max; n += 8) {
		uint64_t x = oci_load64(a + n) ^ oci_load64(b + n);

		if (x)
			return n + (unsigned)__builtin_ctzll(x) / 8;
	}
	while (n < max && a[n] == b[n])
		n++;
	return n;
}

/* Returns the length of the longest match that may start at `in`. */
OCI_INLINE unsigned oci_parse_room(const struct oci_parse *parse,
				      const uint8_t *in)
{
	size_t left = (size_t)(parse->end - in);

	return left < OCI_MATCH_MAX ? (unsigned)left : OCI_MATCH_MAX;
}

/* Takes the next byte as a literal, and more of them after long without a
 * match. */
OCI_INLINE void oci_parse_miss(struct oci_parse *parse, struct oci_cursor *at,
			       const uint8_t *stop)
{
	unsigned step;

	parse->counts[*at->in++]++;
	if (__builtin_expect(++at->misses < OCI_PARSE_PATIENCE, 1))
		return;
	step = at->misses / OCI_PARSE_PATIENCE;
	if (step > 16)
		step = 16;
	while (step-- && at->in < stop)
		parse->counts[*at->in++]++;
}

/* Takes a match. */
OCI_INLINE void oci_parse_match(struct oci_parse *parse, struct oci_cursor *at,
				unsigned length, unsigned distance)
{
	unsigned far = distance - 1;
	unsigned slot =
		parse->slots.distance[far < 256 ? far : 256 + far / 128];

	*at->next++ = (struct oci_sequence){
		.literals = (uint32_t)(at->in - at->literals),
		.distance = (uint16_t)far,
		.length = (uint8_t)(length - OCI_MATCH_MIN),
		.slot = (uint8_t)slot,
	};
	parse->counts[OCI_FIRST_LENGTH +
		      parse->slots.length[length - OCI_MATCH_MIN]]++;
	parse->counts[OCI_FIRST_DISTANCE + slot]++;
	at->in += length;
	at->literals = at->in;
	at->misses = 0;
}

/* Returns the end of the positions to remember: `in`, or less near the end of
 * the input, where too few bytes follow. */
OCI_INLINE const uint8_t *oci_parse_seen(const struct oci_parse *parse,
					    const uint8_t *in)
{
	const uint8_t *last = parse->end - OCI_PARSE_AHEAD;

	return in < last ? in : last;
}

#endif
