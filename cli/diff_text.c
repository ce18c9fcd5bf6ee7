/* SPDX-License-Identifier: Apache-2.0 */
/* --text: the lines that differ in small text files. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "text_diff.h"

/* Bytes of all patches. */
enum { PATCHES_MAX = 16 << 20 };

int diff_add_text(struct diff_report *report, const struct oci_file_bytes *a,
		  const struct oci_file_bytes *b, struct oci_error *err)
{
	size_t size = 0;
	FILE *out;
	int rc;

	if (!report->text || !text_diff_is_text(a->data, a->size) ||
	    !text_diff_is_text(b->data, b->size))
		return 0;
	if (report->patch_bytes >= PATCHES_MAX) {
		report->patches_left_out++;
		return 0;
	}
	free(report->patch);
	report->patch = NULL;
	out = open_memstream(&report->patch, &size);
	rc = out ? text_diff(out, a, b, err) : fail_nomem(err);
	rc = say_end(out, &report->patch, rc, err);
	report->patch_bytes += size;
	return rc;
}

/* Writes a line with each tab as it is. */
static void say_line(FILE *out, const char *text, size_t size)
{
	while (size) {
		const char *tab = memchr(text, '\t', size);
		size_t n = tab ? (size_t)(tab - text) : size;

		say(out, "%.*s", (int)n, text);
		if (tab)
			say_bytes(out, tab, 1);
		n += tab != NULL;
		text += n;
		size -= n;
	}
	say(out, "\n");
}

void diff_say_text(FILE *out, struct diff_report *report, const char *path)
{
	const char *p = report->patch;

	if (!p)
		return;
	if (report->json) {
		say(out, ", \"text\": ");
		say_json(out, p);
	} else {
		say(out, "--- a/%s\n+++ b/%s\n", path, path);
		while (*p) {
			size_t size = strcspn(p, "\n");

			say_line(out, p, size);
			p += size + (p[size] != '\0');
		}
	}
	free(report->patch);
	report->patch = NULL;
}

void diff_say_left_out(FILE *out, const struct diff_report *report)
{
	if (report->patches_left_out)
		say(out,
		    "%zu more text file%s: lines are not shown after %d "
		    "MiB\n",
		    report->patches_left_out, plural(report->patches_left_out),
		    PATCHES_MAX >> 20);
}
