/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of the higher levels: all positions for each hash of 4 bytes, as a
 * list from the newest to the oldest, and the last one for each hash of 3 bytes
 * at a distance of at most 8,192. A match is taken unless a better one starts
 * at the next position, or (levels 8 and 9) at the one behind that.
 */
#include "deflate/parse.h"

enum {
	HASH_BITS = 16,
	HASH3_BITS = 15,
	NEAR = 8192, /* the largest distance of a match of 3 bytes */
	/* By how much a later match has to be better, in quarters of a byte. */
	GAIN_NEXT = 0,
	GAIN_SECOND = 6,
};

struct table {
	uint16_t newest[1 << HASH_BITS];
	uint16_t near[1 << HASH3_BITS];
	uint16_t older[OCI_WINDOW]; /* by the position, modulo the window */
};

const size_t oci_chains_size = sizeof(struct table);

struct match {
	unsigned length;
	unsigned distance;	/* 0: none is longer than asked for */
};

/* Remembers a position; returns the newest one with the same hash of 4 bytes,
 * and sets *near to that of 3 bytes. */
OCI_INLINE uint16_t remember(struct table *t, const struct oci_parse *p,
			     const uint8_t *at, uint16_t *near)
{
	uint32_t bytes = oci_load32(at);
	uint16_t position = (uint16_t)(at - p->start);
	uint16_t *newest = &t->newest[oci_hash4(bytes, HASH_BITS)];
	uint16_t *last = &t->near[oci_hash3(bytes, HASH3_BITS)];
	uint16_t found = *newest;

	/* Most often the next position is remembered next. */
	__builtin_prefetch(&t->newest[oci_hash4(oci_load32(at + 1),
						HASH_BITS)]);
	*near = *last;
	*last = position;
	t->older[position % OCI_WINDOW] = found;
	*newest = position;
	return found;
}

/* Follows the list from `position` for a match longer than best->length. The
 * distances grow: a smaller one shows that the list was overwritten. */
OCI_INLINE void follow(struct match *best, const struct table *t,
			  const struct oci_parse *p, const uint8_t *at,
			  uint16_t position, unsigned room, unsigned depth,
			  unsigned nice)
{
	uint32_t bytes = oci_load32(at), distance = 0;
	/* The last of the bytes that a longer match has to have. */
	unsigned check = best->length > 3 ? best->length - 3 : 0;
	uint32_t last = oci_load32(at + check);
	uint16_t here = (uint16_t)(at - p->start);

	for (; depth; depth--, position = t->older[position % OCI_WINDOW]) {
		uint32_t next = (uint16_t)(here - position);
		const uint8_t *other;
		unsigned length;

		if (next <= distance || next > OCI_WINDOW)
			return;
		distance = next;
		other = at - distance;
		if (oci_load32(other + check) != last ||
		    oci_load32(other) != bytes)
			continue;
		length = oci_extend(at, other, 4, room);
		if (length <= best->length)
			continue;
		*best = (struct match){ length, distance };
		if (length >= nice)
			return;
		check = length - 3;
		last = oci_load32(at + check);
	}
}

/* Searches a match longer than `length` at `at`. */
OCI_INLINE struct match search(struct table *t, const struct oci_parse *p,
				  const uint8_t *at, unsigned length,
				  unsigned depth, unsigned nice)
{
	unsigned room = oci_parse_room(p, at);
	struct match best = { length, 0 };
	uint16_t near, newest = remember(t, p, at, &near);
	uint32_t close = (uint16_t)((uint16_t)(at - p->start) - near);

	if (length < OCI_MATCH_MIN && close - 1 < NEAR &&
	    !((oci_load32(at) ^ oci_load32(at - close)) << 8))
		best = (struct match){ OCI_MATCH_MIN, close };
	if (length < room)
		follow(&best, t, p, at, newest, room, depth,
		       nice < room ? nice : room);
	return best;
}

/* Whether the match b, which starts later, is better than a: one more byte is
 * worth as much as a distance 16 times smaller. */
static bool is_better(struct match b, struct match a, int gain)
{
	return b.distance && b.length >= a.length &&
	       4 * (int)(b.length - a.length) + (int)oci_log2(a.distance) -
			       (int)oci_log2(b.distance) > gain;
}

/* Looks for a better match behind at->in, which has *found, and moves there.
 * Returns the first position that is not remembered. */
OCI_INLINE const uint8_t *improve(struct match *found, struct table *t,
				  struct oci_parse *p, struct oci_cursor *at,
				  const struct oci_effort *effort)
{
	const uint8_t *next = at->in + 1;

	while (found->length < effort->nice && next + 1 < p->stop) {
		struct match m = search(t, p, next++, found->length - 1,
					effort->depth, effort->nice);

		if (is_better(m, *found, GAIN_NEXT)) {
			p->counts[*at->in++]++;
			*found = m;
			continue;
		}
		if (!effort->twice)
			break;
		m = search(t, p, next++, found->length - 1, effort->depth / 2,
			   effort->nice);
		if (!is_better(m, *found, GAIN_SECOND))
			break;
		p->counts[*at->in++]++;
		p->counts[*at->in++]++;
		*found = m;
	}
	return next;
}

void oci_parse_chains(void *table, struct oci_parse *p,
		      const struct oci_effort *effort)
{
	struct oci_cursor at = p->at;
	struct table *t = table;

	while (at.in < p->stop) {
		struct match found = search(t, p, at.in, OCI_MATCH_MIN - 1,
					    effort->depth, effort->nice);
		const uint8_t *seen, *end;
		uint16_t near;

		if (!found.distance) {
			oci_parse_miss(p, &at, p->stop);
			continue;
		}
		seen = improve(&found, t, p, &at, effort);
		oci_parse_match(p, &at, found.length, found.distance);
		end = oci_parse_seen(p, at.in);
		for (; seen < end; seen++)
			remember(t, p, seen, &near);
	}
	p->at = at;
}
