/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packages that differ, by the databases that differ. A package is the same
 * if its name, architecture and version are. Of the others, those of the same
 * name are paired.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

int diff_add_packages(struct diff_report *report, const char *path,
		      const struct oci_file_bytes *a,
		      const struct oci_file_bytes *b, struct oci_error *err)
{
	int rc = 0;

	if (a->data)
		rc = packages_add(&report->packages[0], path, a->data, a->size,
				  err);
	if (!rc && b->data)
		rc = packages_add(&report->packages[1], path, b->data, b->size,
				  err);
	return rc;
}

/* The index after the packages that have the name of the one at index. */
static size_t after_name(const struct packages *list, size_t index)
{
	size_t end = index;

	while (end < list->count &&
	       strcmp(list->items[end].name, list->items[index].name) == 0)
		end++;
	return end;
}

static bool has(const struct package *package, const struct package *from,
		const struct package *end)
{
	for (; from < end; from++)
		if (strcmp(package->architecture, from->architecture) == 0 &&
		    strcmp(package->version, from->version) == 0)
			return true;
	return false;
}

/* Moves *from to the next package that is not among those of [other, end). */
static const struct package *next(const struct package **from,
				  const struct package *to,
				  const struct package *other,
				  const struct package *end)
{
	while (*from < to && has(*from, other, end))
		(*from)++;
	return *from < to ? (*from)++ : NULL;
}

/* Pairs the packages of one name, and adds the pairs to the report. */
static void pair(struct diff_report *report, const struct package *a,
		 const struct package *a_end, const struct package *b,
		 const struct package *b_end)
{
	const struct package *x = a, *y = b;
	struct diff_package one;

	for (;;) {
		one.a = next(&x, a_end, b, b_end);
		one.b = next(&y, b_end, a, a_end);
		if (!one.a && !one.b)
			return;
		report->pairs[report->pair_count++] = one;
	}
}

int diff_pair_packages(struct diff_report *report, struct oci_error *err)
{
	struct packages *a = &report->packages[0], *b = &report->packages[1];
	size_t i = 0, j = 0;

	packages_sort(a);
	packages_sort(b);
	report->pairs = calloc(a->count + b->count + 1, sizeof(*report->pairs));
	if (!report->pairs)
		return fail_nomem(err);
	while (i < a->count || j < b->count) {
		int order = i == a->count   ? 1
			    : j == b->count ? -1
					    : strcmp(a->items[i].name,
						     b->items[j].name);
		size_t after_a = order <= 0 ? after_name(a, i) : i;
		size_t after_b = order >= 0 ? after_name(b, j) : j;

		pair(report, a->items + i, a->items + after_a, b->items + j,
		     b->items + after_b);
		i = after_a;
		j = after_b;
	}
	return 0;
}

/* The architecture is told if it differs. */
static void say_version(FILE *out, const struct package *p,
			const struct package *other)
{
	say(out, "%s", p->version);
	if (other && strcmp(p->architecture, other->architecture) != 0)
		say(out, " (%s)", p->architecture);
}

static void json_package(FILE *out, const char *name, const struct package *p)
{
	if (!p)
		return;
	say(out, ", \"%s\": {\"version\": ", name);
	say_json(out, p->version);
	say(out, ", \"architecture\": ");
	say_json(out, p->architecture);
	say(out, "}");
}

void diff_json_packages(FILE *out, const struct diff_report *report)
{
	for (size_t i = 0; i < report->pair_count; i++) {
		const struct diff_package *p = &report->pairs[i];
		const struct package *one = p->a ? p->a : p->b;

		say(out, "%s\n    {\"package\": ", i ? "," : "");
		say_json(out, one->name);
		say(out, ", \"database\": \"%s\"", one->database);
		json_package(out, "a", p->a);
		json_package(out, "b", p->b);
		say(out, "}");
	}
}

void diff_say_packages(FILE *out, const struct diff_report *report)
{
	for (size_t i = 0; i < report->pair_count; i++) {
		const struct diff_package *p = &report->pairs[i];

		say(out, "%c package %s: ",
		    !p->a   ? '+'
		    : !p->b ? '-'
			    : '~',
		    p->a ? p->a->name : p->b->name);
		if (p->a)
			say_version(out, p->a, p->b);
		if (p->a && p->b)
			say(out, " -> ");
		if (p->b)
			say_version(out, p->b, p->a);
		say(out, "\n");
	}
}

void diff_release_packages(struct diff_report *report)
{
	packages_release(&report->packages[0]);
	packages_release(&report->packages[1]);
	free(report->pairs);
	report->pairs = NULL;
}
