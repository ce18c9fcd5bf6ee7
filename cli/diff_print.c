/* SPDX-License-Identifier: Apache-2.0 */
#include "diff.h"

#include <stdlib.h>

static int open_report(struct diff_report *report, struct oci_error *err)
{
	report->fields =
		open_memstream(&report->field_text, &report->field_size);
	report->files = open_memstream(&report->file_text, &report->file_size);
	if (report->fields && report->files)
		return 0;
	diff_close(report);
	return fail_nomem(err);
}

void diff_close(struct diff_report *report)
{
	if (report->fields)
		fclose(report->fields);
	if (report->files)
		fclose(report->files);
	diff_release_packages(report);
	free(report->patch);
	report->patch = NULL;
	free(report->field_text);
	free(report->file_text);
	report->fields = report->files = NULL;
	report->field_text = report->file_text = NULL;
}

static void json_value(FILE *out, const char *name, const char *value)
{
	say(out, ", \"%s\": ", name);
	say_json_or_null(out, value);
}

static int add_field(void *data, const char *field, const char *a,
		     const char *b, struct oci_error *err)
{
	struct diff_report *report = data;
	FILE *out = report->fields;

	(void)err;
	if (report->json) {
		say(out,
		    "%s\n    {\"field\": ", report->field_count ? "," : "");
		say_json(out, field);
		json_value(out, "a", a);
		json_value(out, "b", b);
		say(out, "}");
	} else if (a && b) {
		say(out, "~ %s: %s -> %s\n", field, a, b);
	} else {
		say(out, "%c %s: %s\n", a ? '-' : '+', field, a ? a : b);
	}
	report->field_count++;
	return 0;
}

static bool is_wanted(void *data, const char *path, uint64_t size)
{
	const struct diff_report *report = data;

	return (report->text && size <= DIFF_TEXT_MAX) ||
	       (size <= PACKAGES_DATABASE_MAX && packages_is_database(path));
}

static int add_content(void *data, const struct oci_entry *a,
		       const struct oci_file_bytes *a_bytes,
		       const struct oci_entry *b,
		       const struct oci_file_bytes *b_bytes,
		       struct oci_error *err)
{
	struct diff_report *report = data;
	const char *path = a ? a->path : b->path;
	int rc = 0;

	if (packages_is_database(path))
		rc = diff_add_packages(report, path, a_bytes, b_bytes, err);
	if (!rc && a_bytes->size <= DIFF_TEXT_MAX &&
	    b_bytes->size <= DIFF_TEXT_MAX)
		rc = diff_add_text(report, a_bytes, b_bytes, err);
	return rc;
}

static void set_options(struct oci_diff_options *out,
			struct diff_report *report)
{
	*out = (struct oci_diff_options)OCI_DIFF_OPTIONS_INIT;
	out->file = diff_add_file;
	out->field = add_field;
	out->keep = is_wanted;
	out->content = add_content;
	out->temp_dir = temp_dir();
	out->data = report;
	out->max_inflated = max_inflated();
	out->cancelled = interrupted_flag();
}

int diff_read(struct diff_report *report, const struct diff_side *a,
	      const struct diff_side *b, struct oci_error *err)
{
	struct oci_diff_options options;
	int rc = open_report(report, err);

	if (rc)
		return rc;
	set_options(&options, report);
	return oci_image_diff(&report->result, a->store, a->image, b->store,
			      b->image, &options, err);
}

/* "3 files differ", after a comma if it is not the first of a list. */
static void say_count(FILE *out, bool *first, size_t count, const char *one,
		      const char *many)
{
	if (!count)
		return;
	say(out, "%s%zu file%s %s", *first ? "" : ", ", count, plural(count),
	    count == 1 ? one : many);
	*first = false;
}

static void say_files(FILE *out, const struct oci_diff *d)
{
	bool first = true;

	if (!d->added && !d->removed && !d->changed)
		say(out, "the same files%s",
		    d->times ? "; " : " in other layers");
	say_count(out, &first, d->changed, "differs", "differ");
	say_count(out, &first, d->added, "is only in B", "are only in B");
	say_count(out, &first, d->removed, "is only in A", "are only in A");
	say_count(out, &first, d->times, "has only another time",
		  "have only another time");
}

void diff_say_summary(FILE *out, const struct oci_diff *d)
{
	if (d->manifest) {
		say(out, "the images are the same");
		return;
	}
	if (d->layers)
		say(out, "the same layers");
	else if (d->tars)
		say(out, "the same tars in other compression");
	else
		say_files(out, d);
	if (d->fields)
		say(out, "; %zu field%s of the config or manifest differ%s",
		    d->fields, plural(d->fields), d->fields == 1 ? "s" : "");
	else if (d->layers)
		say(out, "; the documents differ in what is not compared, such "
			 "as unknown members");
}

static void print_json_document(FILE *out, const struct diff_report *report,
				const char *summary,
				const struct oci_image_documents *a,
				const struct oci_image_documents *b)
{
	say(out, "{\n  \"same\": %s,\n  \"summary\": ",
	    report->result.manifest ? "true" : "false");
	say_json(out, summary);
	say(out,
	    ",\n  \"a\": \"%s\",\n  \"b\": \"%s\",\n"
	    "  \"fields\": [",
	    a->descriptor.digest.text, b->descriptor.digest.text);
	say_bytes(out, report->field_text, report->field_size);
	say(out, "],\n  \"packages\": [");
	diff_json_packages(out, report);
	say(out, "],\n  \"files\": [");
	say_bytes(out, report->file_text, report->file_size);
	say(out, "]\n}\n");
}

int diff_print(FILE *out, struct diff_report *report,
	       const struct oci_image_documents *a,
	       const struct oci_image_documents *b, struct oci_error *err)
{
	char *summary = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&summary, &size);
	int rc = diff_pair_packages(report, err);

	if (stream)
		diff_say_summary(stream, &report->result);
	if (stream && report->pair_count)
		say(stream, "; %zu package%s differ%s", report->pair_count,
		    plural(report->pair_count),
		    report->pair_count == 1 ? "s" : "");
	rc = say_end(stream, &summary, rc, err);
	rc = say_end(report->fields, &report->field_text, rc, err);
	rc = say_end(report->files, &report->file_text, rc, err);
	report->fields = report->files = NULL;
	if (!rc && report->json) {
		print_json_document(out, report, summary, a, b);
	} else if (!rc) {
		say(out, "%s\n", summary);
		say_bytes(out, report->field_text, report->field_size);
		diff_say_packages(out, report);
		say_bytes(out, report->file_text, report->file_size);
		diff_say_left_out(out, report);
	}
	free(summary);
	return rc;
}
