/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides the members of an index: each image once, each platform from one
 * source, no attestation without its image. BuildKit, docs/attestations: the
 * annotation vnd.docker.reference.digest.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "image/join.h"

const char *join_subject(const struct oci_descriptor *descriptor)
{
	return oci_pairs_get(&descriptor->annotations,
			     "vnd.docker.reference.digest");
}

bool join_is_image(const struct join_member *member)
{
	return member->platform.os[0] &&
	       strcmp(member->platform.os, "unknown") != 0;
}

static void note(const struct oci_join *join, const char *fmt, ...)
	OCI_PRINTF(2, 3);

static void note(const struct oci_join *join, const char *fmt, ...)
{
	struct oci_error text;
	va_list args;

	if (!join->options.note)
		return;
	va_start(args, fmt);
	oci_vfail(&text, OCI_OK, fmt, args);
	va_end(args);
	join->options.note(join->options.note_data, text.message);
}

/* The platforms are the same if each fits the other. They are not compared
 * directly, because a missing variant means the default one. */
static bool same_platform(const struct oci_platform *a,
			  const struct oci_platform *b)
{
	return oci_platform_fits(a, b) && oci_platform_fits(b, a);
}

static bool same_subject(const struct join_member *a,
			 const struct join_member *b)
{
	const char *one = join_subject(&a->descriptor);
	const char *two = join_subject(&b->descriptor);

	return one && two && strcmp(one, two) == 0;
}

static const char *name_of(const struct oci_join *join,
			   const struct join_member *member)
{
	return join->names.items[member->source - 1];
}

/* Whether two members exclude each other. Members of one source do not: an
 * index may have several for a platform, such as one for each compression. */
static bool excludes(const struct join_member *a, const struct join_member *b)
{
	if (a->gone || a->source == b->source)
		return false;
	if (join_is_image(a) && join_is_image(b))
		return same_platform(&a->platform, &b->platform);
	return a->source == 0 && same_subject(a, b);
}

static int fail_twice(const struct oci_join *join, const struct join_member *a,
		      const struct join_member *b, struct oci_error *err)
{
	char platform[OCI_PLATFORM_TEXT];

	oci_platform_format(platform, &b->platform);
	return oci_fail(err, OCI_E_CONFLICT, "'%s' and '%s' both have an image "
			"for %s, %s and %s: choose one of them, by its digest "
			"or by platforms", name_of(join, a), name_of(join, b),
			platform, a->descriptor.digest.text,
			b->descriptor.digest.text);
}

static void note_replaced(const struct oci_join *join,
			  const struct join_member *a,
			  const struct join_member *b)
{
	char platform[OCI_PLATFORM_TEXT];

	oci_platform_format(platform, &b->platform);
	if (join_is_image(b))
		note(join, "%s: %s replaces %s", platform,
		     b->descriptor.digest.text, a->descriptor.digest.text);
}

static int new_place(struct join_member **out, struct oci_join *join,
		     struct oci_error *err)
{
	struct join_member *items;

	if (join->count == JOIN_MEMBERS_MAX)
		return oci_fail(err, OCI_E_LIMIT, "the index would have more "
				"than %d members", JOIN_MEMBERS_MAX);
	items = oci_array_grow(join->members, &join->capacity,
			       join->count + 1, sizeof(*items));
	if (!items)
		return oci_fail_nomem(err);
	join->members = items;
	*out = &items[join->count++];
	return 0;
}

/* Marks the members that the new one replaces. *place is the first of them, or
 * NULL. *there: the new one is a member already. */
static int make_way(struct join_member **place, bool *there,
		    struct oci_join *join, const struct join_member *member,
		    struct oci_error *err)
{
	*place = NULL;
	*there = false;
	for (size_t i = 0; i < join->count && !*there; i++)
		*there = !join->members[i].gone &&
			 oci_digest_equal(&join->members[i].descriptor.digest,
					  &member->descriptor.digest);
	for (size_t i = 0; i < join->count && !*there; i++) {
		struct join_member *m = &join->members[i];

		if (!excludes(m, member))
			continue;
		if (m->source)
			return fail_twice(join, m, member, err);
		note_replaced(join, m, member);
		m->gone = true;
		if (!*place)
			*place = m;
	}
	return 0;
}

int join_put(struct oci_join *join, struct join_member *member,
	     struct oci_error *err)
{
	struct join_member *place;
	bool there;
	int rc = make_way(&place, &there, join, member, err);

	if (!rc && !there && place)
		oci_descriptor_release(&place->descriptor);
	else if (!rc && !there)
		rc = new_place(&place, join, err);
	if (rc || there)
		oci_descriptor_release(&member->descriptor);
	else
		*place = *member;
	return rc;
}

static bool is_there(const struct oci_join *join, const char *digest)
{
	for (size_t i = 0; i < join->count; i++) {
		const struct join_member *m = &join->members[i];

		if (!m->gone && !join_subject(&m->descriptor) &&
		    strcmp(m->descriptor.digest.text, digest) == 0)
			return true;
	}
	return false;
}

void join_sweep(struct oci_join *join)
{
	size_t kept = 0;

	for (size_t i = 0; i < join->count; i++) {
		struct join_member *m = &join->members[i];
		const char *subject = join_subject(&m->descriptor);

		if (subject && !is_there(join, subject))
			m->gone = true;
	}
	for (size_t i = 0; i < join->count; i++) {
		struct join_member *m = &join->members[i];

		if (m->gone)
			oci_descriptor_release(&m->descriptor);
		else
			join->members[kept++] = *m;
	}
	join->count = kept;
}
