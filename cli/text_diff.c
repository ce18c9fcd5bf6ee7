/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shortest edit script between two texts: E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations", 1986. Row d of the trace has, for each
 * diagonal k = x - y, the largest x that d changes reach.
 */
#include "text_diff.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3, NONE = -1 };

struct line {
	const char *text;
	size_t size; /* with its newline */
};

struct lines {
	struct line *items;
	unsigned char *changed; /* by index */
	int count;
};

/* The lines between the common first and last ones. */
struct middle {
	const struct line *a, *b;
	int n, m;
	int *trace;
};

bool text_diff_is_text(const char *data, size_t size)
{
	return data && !memchr(data, '\0', size);
}

static int split(struct lines *out, const struct oci_file_bytes *bytes,
		 struct oci_error *err)
{
	const char *p = bytes->data, *end = p + bytes->size;
	size_t count = 1;

	for (const char *q = p; q < end; q++)
		count += *q == '\n';
	*out = (struct lines){ calloc(count, sizeof(*out->items)),
			       calloc(count, 1), 0 };
	if (!out->items || !out->changed)
		return fail_nomem(err);
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t size = stop ? (size_t)(stop + 1 - p) : (size_t)(end - p);

		out->items[out->count++] = (struct line){ p, size };
		p += size;
	}
	return 0;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

static int *at(const struct middle *t, int d, int k)
{
	return &t->trace[d * d + k + d];
}

/* Where change d begins on diagonal k: below (*down) or right of a point that
 * d - 1 changes reach. NONE: nowhere. */
static int begin(const struct middle *t, int d, int k, bool *down)
{
	int above = k < d - 1 ? *at(t, d - 1, k + 1) : NONE;
	int left = k > 1 - d ? *at(t, d - 1, k - 1) : NONE;

	if (above != NONE && above - k > t->m)
		above = NONE;
	left = left == NONE || left >= t->n ? NONE : left + 1;
	*down = above >= left;
	return *down ? above : left;
}

/* Fills the trace. Returns the number of changes; NONE if there are more than
 * most. */
static int measure(const struct middle *t, int most)
{
	bool down;

	for (int d = 0; d <= most; d++) {
		for (int k = -d; k <= d; k += 2) {
			int x = d ? begin(t, d, k, &down) : 0;

			while (x != NONE && x < t->n && x - k < t->m &&
			       same(&t->a[x], &t->b[x - k]))
				x++;
			*at(t, d, k) = x;
			if (x == t->n && x - k == t->m)
				return d;
		}
	}
	return NONE;
}

/* Walks the trace back, and marks the lines that changed. */
static void mark(const struct middle *t, int d, unsigned char *gone,
		 unsigned char *added)
{
	int x = t->n, y = t->m;

	for (; d > 0; d--) {
		bool down;
		int k = x - y;

		begin(t, d, k, &down);
		x = *at(t, d - 1, down ? k + 1 : k - 1);
		y = x - (down ? k + 1 : k - 1);
		if (down)
			added[y] = 1;
		else
			gone[x] = 1;
	}
}

static int compare(struct lines *a, struct lines *b, struct oci_error *err)
{
	int first = 0, last = 0, most, d = NONE;
	struct middle t;

	while (first < a->count && first < b->count &&
	       same(&a->items[first], &b->items[first]))
		first++;
	while (last < a->count - first && last < b->count - first &&
	       same(&a->items[a->count - 1 - last],
		    &b->items[b->count - 1 - last]))
		last++;
	t = (struct middle){ a->items + first, b->items + first,
			     a->count - first - last, b->count - first - last,
			     NULL };
	most = t.n + t.m < TEXT_DIFF_CHANGES ? t.n + t.m : TEXT_DIFF_CHANGES;
	t.trace = malloc((size_t)(most + 1) * (size_t)(most + 1) *
			 sizeof(*t.trace));
	if (!t.trace)
		return fail_nomem(err);
	if (t.n <= TEXT_DIFF_LINES && t.m <= TEXT_DIFF_LINES)
		d = measure(&t, most);
	if (d == NONE) {
		memset(a->changed + first, 1, (size_t)t.n);
		memset(b->changed + first, 1, (size_t)t.m);
	} else {
		mark(&t, d, a->changed + first, b->changed + first);
	}
	free(t.trace);
	return 0;
}

static void write_line(FILE *out, char sign, const struct line *line)
{
	say_bytes(out, &sign, 1);
	say_bytes(out, line->text, line->size);
	if (line->text[line->size - 1] != '\n')
		say(out, "\n\\ No newline at end of file\n");
}

static void write_range(FILE *out, int from, int to)
{
	say(out, "%d", to > from ? from + 1 : from);
	if (to - from != 1)
		say(out, ",%d", to - from);
}

static bool changes(const struct lines *lines, int index)
{
	return index < lines->count && lines->changed[index];
}

/* Finds the end of the hunk that begins with the change at *i and *j: the
 * line after the last change that fewer than two contexts part from the one
 * before it. */
static void end_of_hunk(int *i, int *j, const struct lines *a,
			const struct lines *b)
{
	int x = *i, y = *j;

	for (int equal = 0; equal <= 2 * CONTEXT;) {
		if (changes(a, x) || changes(b, y)) {
			int *at = changes(a, x) ? &x : &y;

			(*at)++;
			equal = 0;
			*i = x;
			*j = y;
		} else if (x < a->count && y < b->count) {
			x++;
			y++;
			equal++;
		} else {
			return;
		}
	}
}

static void write_hunk(FILE *out, const struct lines *a, const struct lines *b,
		       const int from[2], const int to[2])
{
	int i = from[0], j = from[1];

	say(out, "@@ -");
	write_range(out, i, to[0]);
	say(out, " +");
	write_range(out, j, to[1]);
	say(out, " @@\n");
	while (i < to[0] || j < to[1]) {
		char sign = i < to[0] && a->changed[i]	 ? '-'
			    : j < to[1] && b->changed[j] ? '+'
							 : ' ';

		write_line(out, sign,
			   sign == '+' ? &b->items[j] : &a->items[i]);
		i += sign != '+';
		j += sign != '-';
	}
}

static void write_hunks(FILE *out, const struct lines *a, const struct lines *b)
{
	int i = 0, j = 0;

	while (i < a->count || j < b->count) {
		int before = i < CONTEXT ? i : CONTEXT, x = i, y = j, after = 0;

		if (!changes(a, i) && !changes(b, j)) {
			i++;
			j++;
			continue;
		}
		end_of_hunk(&x, &y, a, b);
		while (after < CONTEXT && x + after < a->count)
			after++;
		write_hunk(out, a, b, (int[]){ i - before, j - before },
			   (int[]){ x + after, y + after });
		i = x;
		j = y;
	}
}

int text_diff(FILE *out, const struct oci_file_bytes *a,
	      const struct oci_file_bytes *b, struct oci_error *err)
{
	struct lines left, right = { 0 };
	int rc = split(&left, a, err);

	if (!rc)
		rc = split(&right, b, err);
	if (!rc)
		rc = compare(&left, &right, err);
	if (!rc)
		write_hunks(out, &left, &right);
	free(left.items);
	free(left.changed);
	free(right.items);
	free(right.changed);
	return rc;
}
