/* SPDX-License-Identifier: Apache-2.0 */
/* The line, or the JSON object, of a file that differs. */
#include "diff.h"

#include <string.h>

#include "files.h"

const struct diff_aspect diff_aspects[DIFF_ASPECTS] = {
	{ OCI_ASPECT_TYPE, "type" },	 { OCI_ASPECT_CONTENT, "content" },
	{ OCI_ASPECT_TARGET, "target" }, { OCI_ASPECT_DEVICE, "device" },
	{ OCI_ASPECT_LINK, "hardlink" }, { OCI_ASPECT_MODE, "mode" },
	{ OCI_ASPECT_OWNER, "owner" },	 { OCI_ASPECT_TIME, "time" },
	{ OCI_ASPECT_XATTRS, "xattrs" },
};

static void say_aspect(FILE *out, unsigned bit, const struct oci_entry *e)
{
	switch (bit) {
	case OCI_ASPECT_TYPE:
		say(out, "%s", entry_type_name(e->type));
		break;
	case OCI_ASPECT_CONTENT:
		say(out, "%llu bytes", (unsigned long long)e->size);
		break;
	case OCI_ASPECT_TARGET:
		say(out, "%s", e->target);
		break;
	case OCI_ASPECT_LINK:
		say(out, "%s%s", e->target ? "/" : "none",
		    e->target ? e->target : "");
		break;
	case OCI_ASPECT_DEVICE:
		say(out, "%u,%u", e->major, e->minor);
		break;
	case OCI_ASPECT_MODE:
		say(out, "%04o", e->mode);
		break;
	case OCI_ASPECT_OWNER:
		say(out, "%u:%u", e->uid, e->gid);
		break;
	default:
		say(out, "%lld", (long long)e->mtime);
	}
}

/* Text, unless it has other bytes than printable ASCII, or looks like the other
 * notation: hexadecimal digits after 0x. */
static bool is_text(const struct oci_extended *x)
{
	const unsigned char *p = x->value;

	if (x->size > 1 && p[0] == '0' && (p[1] == 'x' || p[1] == 's'))
		return false;
	for (size_t i = 0; i < x->size; i++)
		if (p[i] < ' ' || p[i] > '~')
			return false;
	return true;
}

static void say_value(FILE *out, const struct oci_extended *x, bool json)
{
	const unsigned char *p = x->value;
	bool text = is_text(x);

	if (!text)
		say(out, "0x");
	for (size_t i = 0; i < x->size; i++) {
		if (!text)
			say(out, "%02x", p[i]);
		else if (json && (p[i] == '"' || p[i] == '\\'))
			say(out, "\\%c", p[i]);
		else
			say(out, "%c", p[i]);
	}
}

static void say_side(FILE *out, const struct oci_extended *x)
{
	if (!x)
		say(out, "none");
	else if (x->size)
		say_value(out, x, false);
	else
		say(out, "empty");
}

static bool same_value(const struct oci_extended *a,
		       const struct oci_extended *b)
{
	return a && b && a->size == b->size &&
	       memcmp(a->value, b->value, a->size) == 0;
}

/* Writes each attribute that differs; both lists are sorted. */
static void say_extended(FILE *out, const struct oci_entry *a,
			 const struct oci_entry *b, bool first)
{
	const struct oci_extended *x = a->extended, *y = b->extended;
	size_t i = 0, j = 0;

	while (i < a->extended_count || j < b->extended_count) {
		int order = i == a->extended_count ? 1
			    : j == b->extended_count
				    ? -1
				    : strcmp(x[i].name, y[j].name);
		const struct oci_extended *left = order <= 0 ? &x[i++] : NULL;
		const struct oci_extended *right = order >= 0 ? &y[j++] : NULL;

		if (same_value(left, right))
			continue;
		say(out, "%s xattr %s ", first ? ":" : ",",
		    left ? left->name : right->name);
		say_side(out, left);
		say(out, " -> ");
		say_side(out, right);
		first = false;
	}
}

void diff_say_xattrs(FILE *out, const struct oci_entry *e)
{
	say(out, "{");
	for (size_t i = 0; i < e->extended_count; i++) {
		say(out, "%s", i ? ", " : "");
		say_json(out, e->extended[i].name);
		say(out, ": \"");
		say_value(out, &e->extended[i], true);
		say(out, "\"");
	}
	say(out, "}");
}

static void print_text(struct diff_report *report, const struct oci_entry *a,
		       const struct oci_entry *b, unsigned aspects)
{
	const struct oci_entry *e = a ? a : b;
	FILE *out = report->files;
	bool first = true;

	say(out, "%c /%s", !a ? '+' : !b ? '-' : '~', e->path);
	if (!a || !b) {
		say(out, ": %s", entry_type_name(e->type));
		if (e->type == OCI_ENTRY_FILE)
			say(out, ", %llu bytes", (unsigned long long)e->size);
	}
	for (int i = 0; i < DIFF_ASPECTS; i++) {
		unsigned bit = diff_aspects[i].bit;

		if (!(aspects & bit) || bit == OCI_ASPECT_XATTRS)
			continue;
		say(out, "%s %s ", first ? ":" : ",", diff_aspects[i].name);
		say_aspect(out, bit, a);
		say(out, " -> ");
		say_aspect(out, bit, b);
		first = false;
	}
	if (aspects & OCI_ASPECT_XATTRS)
		say_extended(out, a, b, first);
	say(out, "\n");
	diff_say_text(out, report, e->path);
}

static void json_side(FILE *out, const char *name, const struct oci_entry *e)
{
	if (!e)
		return;
	say(out, ", \"%s\": {", name);
	say_json_entry(out, e);
	say(out, ", \"size\": %llu", (unsigned long long)e->size);
	if (e->type == OCI_ENTRY_FILE && e->target) {
		say(out, ", \"hardlink\": ");
		say_json_path(out, e->target);
	}
	if (e->extended_count) {
		say(out, ", \"xattrs\": ");
		diff_say_xattrs(out, e);
	}
	say(out, "}");
}

static void print_json(struct diff_report *report, const struct oci_entry *a,
		       const struct oci_entry *b, unsigned aspects)
{
	FILE *out = report->files;
	bool first = true;

	say(out, "%s\n    {\"path\": ", report->file_count ? "," : "");
	say_json_path(out, a ? a->path : b->path);
	say(out, ", \"differs\": [");
	for (int i = 0; i < DIFF_ASPECTS; i++) {
		if (!(aspects & diff_aspects[i].bit))
			continue;
		say(out, "%s\"%s\"", first ? "" : ", ", diff_aspects[i].name);
		first = false;
	}
	say(out, "]");
	json_side(out, "a", a);
	json_side(out, "b", b);
	diff_say_text(out, report, "");
	say(out, "}");
}

int diff_add_file(void *data, const struct oci_entry *a,
		  const struct oci_entry *b, unsigned aspects,
		  struct oci_error *err)
{
	struct diff_report *report = data;

	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	if (report->json)
		print_json(report, a, b, aspects);
	else
		print_text(report, a, b, aspects);
	report->file_count++;
	return 0;
}
