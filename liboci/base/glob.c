/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matches the parts of a pattern against those of a path. Within a part, only
 * the last star is tried again, so that the cost is at most length times
 * length; between parts, the same holds for "**".
 */
#include "base/glob.h"

#include <string.h>

static size_t part_size(const char *p)
{
	return strcspn(p, "/");
}

static bool is_deep(const char *p)
{
	return p[0] == '*' && p[1] == '*' && (p[2] == '/' || p[2] == '\0');
}

/* Matches "[...]" at p against c; *after is the position after it. A set that
 * is not closed within the part is a literal '['. */
static bool match_set(const char *p, const char *end, char c,
		      const char **after)
{
	const char *q = p + 1;
	bool negated = q < end && (*q == '!' || *q == '^');
	bool found = false;
	const char *first;

	q += negated;
	for (first = q; q < end && (*q != ']' || q == first); q++) {
		char low = *q, high = *q;

		if (q + 2 < end && q[1] == '-' && q[2] != ']') {
			high = q[2];
			q += 2;
		}
		if ((unsigned char)low <= (unsigned char)c &&
		    (unsigned char)c <= (unsigned char)high)
			found = true;
	}
	if (q >= end) {
		*after = p + 1;
		return c == '[';
	}
	*after = q + 1;
	return found != negated;
}

/* Matches one character of a pattern's part; *after is the next position. */
static bool match_one(const char *p, const char *end, char c,
		      const char **after)
{
	if (*p == '[')
		return match_set(p, end, c, after);
	if (*p == '\\' && p + 1 < end)
		p++;
	else if (*p == '?') {
		*after = p + 1;
		return true;
	}
	*after = p + 1;
	return *p == c;
}

static bool match_part(const char *p, const char *end, const char *s,
		       const char *s_end)
{
	const char *star = NULL, *retry = NULL, *after;

	while (s < s_end) {
		if (p < end && *p == '*') {
			star = ++p;
			retry = s;
		} else if (p < end && match_one(p, end, *s, &after)) {
			p = after;
			s++;
		} else if (star) {
			p = star;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}

static const char *next_part(const char *p)
{
	p += part_size(p);
	return *p ? p + 1 : p;
}

/* If below is set, returns whether path may be a parent of a match. */
static bool match(const char *p, const char *s, bool below)
{
	const char *deep = NULL, *retry = NULL;

	for (;;) {
		if (is_deep(p)) {
			p = next_part(p);
			if (below)
				return true;
			if (!*p)
				return *s != '\0';
			deep = p;
			retry = s;
			continue;
		}
		if (!*s)
			return *p == '\0' || below;
		if (*p && match_part(p, p + part_size(p), s,
				     s + part_size(s))) {
			p = next_part(p);
			s = next_part(s);
		} else if (deep) {
			p = deep;
			s = retry = next_part(retry);
			if (!*s)
				return false;
		} else {
			return false;
		}
	}
}

bool oci_glob_match(const char *pattern, const char *path)
{
	return match(pattern, path, false);
}

bool oci_glob_below(const char *pattern, const char *dir)
{
	return match(pattern, dir, true);
}

bool oci_glob_magic(const char *pattern)
{
	return strpbrk(pattern, "*?[\\") != NULL;
}
