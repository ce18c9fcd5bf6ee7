/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nearest word by edit distance: an insertion, deletion, replacement or
 * swap of neighbours counts as one. Ties go to the first name.
 */
#include "base/suggest.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 40 };

static char folded(char c)
{
	if (c == '_')
		return '-';
	return (char)tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Both have at most WORD_MAX bytes. Only three rows of the table are kept. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2], *spare;
	unsigned height = (unsigned)strlen(a), width = (unsigned)strlen(b);

	for (unsigned j = 0; j <= width; j++)
		above[j] = j;
	for (unsigned i = 1; i <= height; i++) {
		row[0] = i;
		for (unsigned j = 1; j <= width; j++) {
			char x = folded(a[i - 1]), y = folded(b[j - 1]);

			row[j] = least(above[j - 1] + (x != y),
				       least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && x == folded(b[j - 2]) &&
			    y == folded(a[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[width];
}

const char *oci_text_nearest(const char *const *names, size_t count,
			     const char *word)
{
	size_t size = strlen(word);
	unsigned best = (unsigned)size / 3 + 1;
	const char *found = NULL;

	if (size > WORD_MAX || size == 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		unsigned d;

		if (strlen(names[i]) > WORD_MAX)
			continue;
		d = distance(word, names[i]);
		if (d < best || (d == best && !found)) {
			best = d;
			found = names[i];
		}
	}
	/* A word that differs everywhere is not a typing error. */
	return best < size ? found : NULL;
}

int oci_suggest_text(struct oci_buf *out, const char *const *names,
		     size_t count, const char *word, struct oci_error *err)
{
	const char *near = oci_text_nearest(names, count, word);
	int rc = 0;

	if (near)
		rc = oci_buf_format(out, err, ", did you mean '%s'?", near);
	if (!rc && count)
		rc = oci_buf_text(out, near ? " Known: " : ", expected one of ",
				  err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = oci_buf_format(out, err, "%s%s", i ? ", " : "", names[i]);
	return rc;
}
