/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects errors. oci_vfail formats them, so that control characters of the
 * spec do not reach a terminal.
 */
#include "spec/diagnostics.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"

enum { HINTS_MAX = 1000 };

void oci_diagnostics_init(struct oci_diagnostics *report, const char *file)
{
	*report = (struct oci_diagnostics){.file = file};
}

void oci_diagnostics_release(struct oci_diagnostics *report)
{
	free(report->items);
	oci_table_release(&report->seen);
	oci_arena_release(&report->arena);
	oci_diagnostics_init(report, report->file);
}

bool oci_diagnose_nomem(struct oci_diagnostics *report)
{
	report->nomem = true;
	return false;
}

bool oci_diagnostics_hint(struct oci_diagnostics *report)
{
	if (report->hints >= HINTS_MAX)
		report->full = true;
	report->hints++;
	return !report->full;
}

bool oci_diagnostics_clean(const struct oci_diagnostics *report)
{
	return report->count == 0 && !report->nomem;
}

static bool add(struct oci_diagnostics *report, unsigned line, unsigned column,
		const char *message)
{
	size_t size = strlen(message);
	struct oci_diagnostic *items;
	char *text;

	if (oci_table_get(&report->seen, message, size))
		return false;
	if (report->count >= OCI_DIAGNOSTICS_MAX) {
		report->full = true;
		return false;
	}
	items = oci_array_grow(report->items, &report->capacity,
			       report->count + 1, sizeof(*items));
	if (!items)
		return oci_diagnose_nomem(report);
	report->items = items;
	text = oci_arena_copy(&report->arena, message, size);
	if (!text || oci_table_set(&report->seen, text, size, text, NULL))
		return oci_diagnose_nomem(report);
	items[report->count++] = (struct oci_diagnostic){line, column, text};
	return false;
}

static bool diagnose(struct oci_diagnostics *report, unsigned line,
		     unsigned column, const char *fmt, va_list args)
{
	struct oci_error e;

	if (report->full)
		return false;
	oci_vfail(&e, OCI_E_INVALID, fmt, args);
	oci_wrap(&e, OCI_E_INVALID, "%s:%u:%u", report->file, line, column);
	return add(report, line, column, e.message);
}

bool oci_diagnose_at(struct oci_diagnostics *report, unsigned line,
		     unsigned column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	diagnose(report, line, column, fmt, args);
	va_end(args);
	return false;
}

bool oci_diagnose(struct oci_diagnostics *report, const struct oci_yaml *at,
		  const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	diagnose(report, at->line, at->column, fmt, args);
	va_end(args);
	return false;
}

static int compare(const void *left, const void *right)
{
	const struct oci_diagnostic *a = left, *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return strcmp(a->text, b->text);
}

int oci_diagnostics_finish(struct oci_diagnostics *report,
			   oci_diagnostic_fn *tell, void *data,
			   struct oci_error *err)
{
	const char *more = report->full ? " or more" : "";
	size_t others = report->count - 1;

	if (report->nomem)
		return oci_fail_nomem(err);
	if (!report->count)
		return 0;
	qsort(report->items, report->count, sizeof(*report->items), compare);
	for (size_t i = 0; tell && i < report->count; i++)
		tell(data, report->items[i].text);
	if (!others)
		return oci_fail(err, OCI_E_INVALID, "%s",
				report->items[0].text);
	return oci_fail(err, OCI_E_INVALID, "%s (and %zu%s more error%s)",
			report->items[0].text, others, more,
			others == 1 ? "" : "s");
}
