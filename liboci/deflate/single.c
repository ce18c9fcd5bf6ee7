/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fastest parser: the last position for each hash of 4 bytes. A match of 4
 * bytes or more is taken, or a longer one at the next position.
 */
#include "deflate/parse.h"

enum { HASH_BITS = 15 };

struct table {
	uint16_t positions[1 << HASH_BITS];
};

const size_t oci_single_size = sizeof(struct table);

struct match {
	unsigned length;	/* at most 7; less than 4: none */
	unsigned distance;
};

OCI_INLINE void remember(struct table *t, const uint8_t *start,
			 const uint8_t *at)
{
	t->positions[oci_hash4(oci_load32(at), HASH_BITS)] =
		(uint16_t)(at - start);
}

/* at is not the first byte of the input. The table has positions modulo 65,536:
 * an old one is read as another position, but that one is in the input, too,
 * and before `at`. */
OCI_INLINE struct match search(struct table *t, const uint8_t *start,
			       const uint8_t *at)
{
	uint64_t bytes = oci_load64(at);
	uint32_t before = (uint32_t)(at - start) - 1;
	uint16_t *position = &t->positions[oci_hash4((uint32_t)bytes,
						     HASH_BITS)];
	uint32_t distance = ((before - *position) & (OCI_WINDOW - 1)) + 1;
	uint64_t x = bytes ^ oci_load64(at - distance);

	*position = (uint16_t)(before + 1);
	return (struct match){ oci_equal_of_8(x), distance };
}

void oci_parse_single(void *table, struct oci_parse *p,
		      const struct oci_effort *effort)
{
	const uint8_t *const start = p->start, *const stop = p->stop;
	struct oci_cursor at = p->at;
	struct table *t = table;

	(void)effort;
	while (at.in < stop) {
		struct match found = search(t, start, at.in), next;
		const uint8_t *seen = at.in + 2;
		bool later;

		if (found.length < 4) {
			oci_parse_miss(p, &at, stop);
			continue;
		}
		next = search(t, start, at.in + 1);
		later = next.length > found.length;
		p->counts[*at.in] += later;
		at.in += later;
		found = later ? next : found;
		if (found.length == 7)
			found.length = oci_extend(at.in, at.in - found.distance,
						  7, oci_parse_room(p, at.in));
		oci_parse_match(p, &at, found.length, found.distance);
		if (at.in > oci_parse_seen(p, at.in))
			continue;
		remember(t, start, seen);
		remember(t, start, at.in - 2);
		remember(t, start, at.in - 1);
	}
	p->at = at;
}
