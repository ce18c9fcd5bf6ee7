/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the differences of two images as a JSON object of a report. */
#include "diff.h"
#include "report.h"

#include <stdlib.h>

/* Files that are listed; all are counted. */
enum { LISTED_MAX = 20000 };

struct difference {
	FILE *files, *fields;
	size_t file_count, field_count;
};

/* A side of a file: [TYPE, MODE, OWNER, MTIME, SIZE, LAYER, TARGET,
 * XATTRS]. */
static void say_side(FILE *out, const struct oci_entry *e)
{
	if (!e) {
		say(out, "0");
		return;
	}
	say(out, "[\"%s\",\"%04o\",\"%u:%u\",%lld,%llu,%u,",
	    entry_type_name(e->type), e->mode, e->uid, e->gid,
	    (long long)e->mtime, (unsigned long long)e->size, e->layer);
	if (e->type == OCI_ENTRY_CHARACTER_DEVICE ||
	    e->type == OCI_ENTRY_BLOCK_DEVICE)
		say(out, "\"%u,%u\"", e->major, e->minor);
	else
		say_json(out, e->target ? e->target : "");
	if (e->extended_count) {
		say(out, ",");
		diff_say_xattrs(out, e);
	}
	say(out, "]");
}

static int add_file(void *data, const struct oci_entry *a,
		    const struct oci_entry *b, unsigned aspects,
		    struct oci_error *err)
{
	struct difference *d = data;

	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	if (d->file_count++ >= LISTED_MAX)
		return 0;
	say(d->files, "%s\n[", d->file_count > 1 ? "," : "");
	say_json_path(d->files, a ? a->path : b->path);
	say(d->files, ",%u,", aspects);
	say_side(d->files, a);
	say(d->files, ",");
	say_side(d->files, b);
	say(d->files, "]");
	return 0;
}

static int add_field(void *data, const char *field, const char *a,
		     const char *b, struct oci_error *err)
{
	struct difference *d = data;

	(void)err;
	say(d->fields, "%s[", d->field_count++ ? "," : "");
	say_json(d->fields, field);
	say(d->fields, ",");
	say_json_or_null(d->fields, a);
	say(d->fields, ",");
	say_json_or_null(d->fields, b);
	say(d->fields, "]");
	return 0;
}

static int say_result(FILE *out, const struct oci_diff *result,
		      struct oci_error *err)
{
	char *summary = NULL;
	size_t size = 0;
	FILE *text = open_memstream(&summary, &size);
	int rc;

	if (text)
		diff_say_summary(text, result);
	rc = say_end(text, &summary, 0, err);
	say(out,
	    "{\"same\":%s,\"summary\":", result->manifest ? "true" : "false");
	say_json(out, rc ? "" : summary);
	say(out, ",\"aspects\":{");
	for (int i = 0; i < DIFF_ASPECTS; i++)
		say(out, "%s\"%s\":%u", i ? "," : "", diff_aspects[i].name,
		    diff_aspects[i].bit);
	say(out, "}");
	free(summary);
	return rc;
}

static int compare(struct oci_diff *result, const struct report_image *a,
		   const struct report_image *b, struct difference *d,
		   struct oci_error *err)
{
	struct oci_diff_options options = OCI_DIFF_OPTIONS_INIT;

	options.file = add_file;
	options.field = add_field;
	options.data = d;
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	return oci_image_diff(result, a->files.from.store, &a->files.image,
			      b->files.from.store, &b->files.image, &options,
			      err);
}

int report_say_diff(FILE *out, const struct report_image *a,
		    const struct report_image *b, struct oci_error *err)
{
	struct difference d = { 0 };
	char *fields = NULL, *files = NULL;
	size_t field_size = 0, file_size = 0;
	struct oci_diff result;
	int rc = 0;

	d.fields = open_memstream(&fields, &field_size);
	d.files = open_memstream(&files, &file_size);
	if (!d.fields || !d.files)
		rc = fail_nomem(err);
	if (!rc)
		rc = compare(&result, a, b, &d, err);
	rc = say_end(d.fields, &fields, rc, err);
	rc = say_end(d.files, &files, rc, err);
	if (!rc)
		rc = say_result(out, &result, err);
	if (!rc) {
		say(out, ",\n\"fields\":[");
		say_bytes(out, fields, field_size);
		say(out, "],\n\"fileCount\":%zu,\"files\":[", d.file_count);
		say_bytes(out, files, file_size);
		say(out, "]}");
	}
	free(fields);
	free(files);
	return rc;
}
