/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of the default level: the last three positions for each hash of 4
 * bytes, in one 64-bit number, and the last one for each hash of 3 bytes, at a
 * distance of at most 4,096. The longest match is taken, or a longer one at the
 * next position. Comparing all candidates at once without a branch is faster
 * than following a list of them.
 */
#include "deflate/parse.h"

enum {
	HASH_BITS = 14,
	HASH3_BITS = 12,
	NEAR = 4096,	/* the largest distance of a hash of 3 bytes */
	WAYS = 3,
	NICE = 32,	/* a match that long is not compared with others */
	/* Of a match's positions, the first and the last ones are
	 * remembered. */
	REMEMBERED = 16,
};

struct table {
	uint64_t buckets[1 << HASH_BITS]; /* the newest in the low 16 bits */
	uint16_t near[1 << HASH3_BITS];
};

const size_t oci_buckets_size = sizeof(struct table);

struct match {
	unsigned length;	/* at most 7; less than 3: none */
	uint32_t distance;
	uint64_t bucket;	/* before the position was added to it */
};

OCI_INLINE void remember(struct table *t, const uint8_t *start,
			 const uint8_t *at)
{
	uint32_t bytes = oci_load32(at);
	uint64_t *bucket = &t->buckets[oci_hash4(bytes, HASH_BITS)];
	uint16_t position = (uint16_t)(at - start);

	*bucket = *bucket << 16 | position;
	t->near[oci_hash3(bytes, HASH3_BITS)] = position;
}

/* Returns the distance of an entry of a bucket, less 1; `before` is the
 * position less 1. */
OCI_INLINE uint32_t away(uint32_t before, uint64_t bucket, unsigned entry)
{
	return (before - (uint32_t)(bucket >> (16 * entry))) &
	       (OCI_WINDOW - 1);
}

/* Returns 8 times the number of equal bytes (at most 7) plus the preference,
 * which decides between equal numbers. */
OCI_INLINE unsigned rate(uint64_t bytes, const uint8_t *other,
			    unsigned preference)
{
	return oci_equal_of_8(bytes ^ oci_load64(other)) * 8 + preference;
}

OCI_INLINE unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* at is not the first byte of the input. The table has positions modulo 65,536:
 * an old one is read as another position, but that one is in the input, too,
 * and before `at`. */
OCI_INLINE struct match search(struct table *t, const uint8_t *start,
			       const uint8_t *at)
{
	uint64_t bytes = oci_load64(at);
	uint32_t before = (uint32_t)(at - start) - 1;
	uint64_t *place = &t->buckets[oci_hash4((uint32_t)bytes, HASH_BITS)];
	uint16_t *near = &t->near[oci_hash3((uint32_t)bytes, HASH3_BITS)];
	uint64_t bucket = *place;
	uint32_t close = (before - *near) & (NEAR - 1);
	unsigned best = rate(bytes, at - 1 - close, 3);
	unsigned first = rate(bytes, at - 1 - away(before, bucket, 0), 2);
	unsigned second = rate(bytes, at - 1 - away(before, bucket, 1), 1);
	unsigned third = rate(bytes, at - 1 - away(before, bucket, 2), 0);

	*place = bucket << 16 | (uint16_t)(before + 1);
	*near = (uint16_t)(before + 1);
	best = larger(larger(best, first), larger(second, third));
	if (best % 8 < 3)
		close = away(before, bucket, 2 - best % 8);
	return (struct match){ best / 8, close + 1, bucket };
}

/* Finds the longest of the matches of 7 bytes and more at `in`. */
OCI_INLINE void lengthen(struct match *m, const struct oci_parse *p,
			    const uint8_t *in)
{
	uint32_t before = (uint32_t)(in - p->start) - 1;
	unsigned room = oci_parse_room(p, in);
	unsigned nice = room < NICE ? room : NICE;

	m->length = oci_extend(in, in - m->distance, 7, room);
	for (unsigned i = 0; i < WAYS && m->length < nice; i++) {
		uint32_t distance = away(before, m->bucket, i) + 1;
		const uint8_t *other = in - distance;
		unsigned length;

		if (oci_load32(other + m->length - 3) !=
		    oci_load32(in + m->length - 3))
			continue;
		length = oci_extend(in, other, 0, room);
		if (length > m->length) {
			m->length = length;
			m->distance = distance;
		}
	}
}

void oci_parse_buckets(void *table, struct oci_parse *p,
		       const struct oci_effort *effort)
{
	const uint8_t *const start = p->start, *const stop = p->stop;
	struct oci_cursor at = p->at;
	struct table *t = table;

	(void)effort;
	while (at.in < stop) {
		struct match found = search(t, start, at.in), next;
		const uint8_t *seen = at.in + 2, *end;
		bool later;

		if (found.length < OCI_MATCH_MIN) {
			oci_parse_miss(p, &at, stop);
			continue;
		}
		next = search(t, start, at.in + 1);
		later = next.length > found.length;
		p->counts[*at.in] += later;
		at.in += later;
		found = later ? next : found;
		if (found.length == 7)
			lengthen(&found, p, at.in);
		oci_parse_match(p, &at, found.length, found.distance);
		end = oci_parse_seen(p, at.in);
		if (end - seen > REMEMBERED) {
			remember(t, start, seen);
			seen = end - REMEMBERED + 1;
		}
		for (; seen < end; seen++)
			remember(t, start, seen);
	}
	p->at = at;
}
