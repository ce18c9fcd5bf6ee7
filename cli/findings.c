/* SPDX-License-Identifier: Apache-2.0 */
/* Collects findings of the linter. */
#include "findings.h"

#include <stdlib.h>
#include <string.h>

static char *copy(struct findings *findings, const char *text)
{
	char *out = text ? strdup(text) : NULL;

	if (text && !out)
		findings->nomem = true;
	return out;
}

void findings_add(void *data, const struct oci_lint_finding *from)
{
	struct findings *findings = data;
	struct finding *items = findings->items;
	struct finding *f;

	if (findings->count == FINDINGS_MAX)
		return;
	if (findings->count == findings->capacity) {
		size_t capacity = findings->capacity * 2 + 16;

		items = realloc(items, capacity * sizeof(*items));
		if (!items) {
			findings->nomem = true;
			return;
		}
		findings->items = items;
		findings->capacity = capacity;
	}
	f = &items[findings->count++];
	*f = (struct finding){
		.rule = from->rule,
		.level = from->level,
		.platform = copy(findings, from->platform),
		.path = copy(findings, from->path),
		.message = copy(findings, from->message),
		.remedy = copy(findings, from->remedy),
		.layer = from->layer,
	};
	if (from->digest)
		f->digest = *from->digest;
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->items[i].platform);
		free(findings->items[i].path);
		free(findings->items[i].message);
		free(findings->items[i].remedy);
	}
	free(findings->items);
	free(findings->exceptions);
}

bool is_lint_rule(const char *name)
{
	size_t count;
	const struct oci_lint_rule *rules = oci_lint_rules(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(rules[i].name, name) == 0)
			return true;
	return false;
}

int findings_except(struct findings *findings, const char *command,
		    const char *rule, const char *path,
		    enum oci_lint_level level)
{
	size_t size = (findings->exception_count + 1) *
		      sizeof(*findings->exceptions);
	struct oci_lint_exception *items;

	if (!is_lint_rule(rule))
		return say_usage(command, "'%s' is no rule: docs/lint.md has "
				 "them", rule);
	items = realloc(findings->exceptions, size);
	if (!items)
		return say_no_memory();
	findings->exceptions = items;
	items[findings->exception_count++] = (struct oci_lint_exception){
		rule, path, level,
	};
	return -1;
}

bool findings_format(enum findings_format *out, const char *text)
{
	static const char *const names[] = {
		[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json",
		[FORMAT_SARIF] = "sarif", [FORMAT_GITHUB] = "github",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*out = (enum findings_format)i;
		return true;
	}
	return false;
}

int findings_complete(const struct findings *findings, struct oci_error *err)
{
	if (!findings->nomem)
		return 0;
	return fail_nomem(err);
}
