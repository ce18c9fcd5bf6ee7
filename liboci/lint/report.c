/* SPDX-License-Identifier: Apache-2.0 */
/* Reports a finding with its rule, level and layer. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/glob.h"
#include "lint/lint.h"

static const struct oci_lint_rule *find_rule(const char *name)
{
	size_t count;
	const struct oci_lint_rule *rules = oci_lint_rules(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}

static enum oci_lint_level level_of(const struct oci_lint *lint,
				    const struct oci_lint_rule *rule,
				    enum oci_lint_level usual,
				    const char *path)
{
	const struct oci_lint_options *o = lint->options;

	for (size_t i = 0; i < o->exception_count; i++) {
		const struct oci_lint_exception *e = &o->exceptions[i];

		if (strcmp(e->rule, rule->name) == 0 &&
		    (!e->path || (path && oci_glob_match(e->path, path))))
			return e->level;
	}
	return usual;
}

static enum oci_lint_level usual_level(const struct oci_lint *lint,
				       const struct oci_lint_rule *rule)
{
	return lint->doubtful && rule->level == OCI_LINT_ERROR
		       ? OCI_LINT_WARNING
		       : rule->level;
}

static void count(struct oci_lint_result *result, enum oci_lint_level level)
{
	switch (level) {
	case OCI_LINT_OFF:
		result->ignored++;
		break;
	case OCI_LINT_NOTE:
		result->notes++;
		break;
	case OCI_LINT_WARNING:
		result->warnings++;
		break;
	case OCI_LINT_ERROR:
		result->errors++;
		break;
	}
}

static void report(struct oci_lint *lint, const struct oci_lint_rule *rule,
		   enum oci_lint_level level,
		   const struct oci_rootfs_entry *entry, const char *remedy,
		   const char *message)
{
	const struct oci_descriptors *layers = lint->subject->layers;
	struct oci_lint_finding finding = {
		.rule = rule,
		.remedy = remedy ? remedy : rule->remedy,
	};
	char path[OCI_PATH_MAX + 1];

	if (entry) {
		snprintf(path, sizeof(path), "/%s", entry->path);
		finding.path = path;
		finding.layer = entry->layer;
		if (entry->layer && entry->layer <= layers->count)
			finding.digest =
				&layers->items[entry->layer - 1].digest;
	}
	finding.level = level_of(lint, rule, level, finding.path);
	finding.platform = lint->platform;
	finding.message = message;
	count(lint->result, finding.level);
	if (finding.level != OCI_LINT_OFF && lint->options->report)
		lint->options->report(lint->options->data, &finding);
}

static void report_text(struct oci_lint *lint, const struct oci_lint_rule *rule,
			enum oci_lint_level level,
			const struct oci_rootfs_entry *entry,
			const char *remedy, const char *fmt, va_list args)
	OCI_PRINTF(6, 0);

static void report_text(struct oci_lint *lint, const struct oci_lint_rule *rule,
			enum oci_lint_level level,
			const struct oci_rootfs_entry *entry,
			const char *remedy, const char *fmt, va_list args)
{
	struct oci_error text;

	oci_vfail(&text, OCI_E_INVALID, fmt, args);
	report(lint, rule, level, entry, remedy, text.message);
}

void oci_lint_report(struct oci_lint *lint, const char *name,
		     const struct oci_rootfs_entry *entry, const char *fmt,
		     ...)
{
	const struct oci_lint_rule *rule = find_rule(name);
	va_list args;

	va_start(args, fmt);
	report_text(lint, rule, usual_level(lint, rule), entry, NULL, fmt,
		    args);
	va_end(args);
}

void oci_lint_report_with(struct oci_lint *lint, const char *name,
			  const struct oci_rootfs_entry *entry,
			  const char *remedy, const char *fmt, ...)
{
	const struct oci_lint_rule *rule = find_rule(name);
	va_list args;

	va_start(args, fmt);
	report_text(lint, rule, usual_level(lint, rule), entry, remedy, fmt,
		    args);
	va_end(args);
}

void oci_lint_warn(struct oci_lint *lint, const char *name,
		   const struct oci_rootfs_entry *entry, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report_text(lint, find_rule(name), OCI_LINT_WARNING, entry, NULL, fmt,
		    args);
	va_end(args);
}
