/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the histories of two configs: their lengths, and the first entry
 * that differs. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "image/diff.h"

enum { TEXT_MAX = 16 << 20 };

static const struct {
	const char *name;
	size_t offset;
} members[] = {
	{ "created_by", offsetof(struct oci_history, created_by) },
	{ "comment", offsetof(struct oci_history, comment) },
	{ "author", offsetof(struct oci_history, author) },
	{ "created", offsetof(struct oci_history, created) },
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static const char *member(const struct oci_history *h, int i)
{
	return *(char *const *)((const char *)h + members[i].offset);
}

/* The first member that differs; MEMBERS: empty_layer; -1: none. */
static int differing(const struct oci_history *a, const struct oci_history *b)
{
	for (int i = 0; i < MEMBERS; i++) {
		const char *left = member(a, i), *right = member(b, i);

		if (!left != !right || (left && strcmp(left, right) != 0))
			return i;
	}
	return a->empty_layer != b->empty_layer ? MEMBERS : -1;
}

/* "3 entries; entry 2: created_by RUN x". *out is NULL without entries. */
static int describe(char **out, const struct oci_config *config, size_t entry,
		    int what, struct oci_error *err)
{
	size_t count = config->history_count;
	const struct oci_history *h = config->history;
	struct oci_buf text;
	int rc;

	*out = NULL;
	if (!count)
		return 0;
	h += entry < count ? entry : 0;
	oci_buf_init(&text, TEXT_MAX);
	rc = oci_buf_format(&text, err, "%zu entr%s", count,
			    count == 1 ? "y" : "ies");
	if (!rc && entry < count)
		rc = oci_buf_format(&text, err, "; entry %zu: ", entry + 1);
	if (!rc && entry < count && what == MEMBERS)
		rc = oci_buf_format(&text, err, "empty_layer %s",
				    h->empty_layer ? "true" : "false");
	else if (!rc && entry < count)
		rc = oci_buf_format(&text, err, "%s %s", members[what].name,
				    member(h, what) ? member(h, what) : "none");
	if (!rc)
		rc = oci_buf_detach(out, &text, err);
	oci_buf_release(&text);
	return rc;
}

int oci_diff_history(struct oci_diff *out, const struct oci_config *a,
		     const struct oci_config *b,
		     const struct oci_diff_options *options,
		     struct oci_error *err)
{
	char *left = NULL, *right = NULL;
	size_t i = 0;
	int what = -1, rc;

	for (; i < a->history_count && i < b->history_count; i++) {
		what = differing(&a->history[i], &b->history[i]);
		if (what >= 0)
			break;
	}
	if (i == a->history_count && i == b->history_count)
		return 0;
	out->fields++;
	if (!options->field)
		return 0;
	rc = describe(&left, a, i, what < 0 ? 0 : what, err);
	if (!rc)
		rc = describe(&right, b, i, what < 0 ? 0 : what, err);
	if (!rc)
		rc = options->field(options->data, "history", left, right, err);
	free(right);
	free(left);
	return rc;
}
