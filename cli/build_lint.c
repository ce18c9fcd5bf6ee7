/* SPDX-License-Identifier: Apache-2.0 */
/* Lints the image that build has packed, before anything is committed. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

static enum oci_lint_level level_of(const char *name)
{
	static const char *const names[] = {
		[OCI_LINT_OFF] = "off", [OCI_LINT_NOTE] = "note",
		[OCI_LINT_WARNING] = "warning", [OCI_LINT_ERROR] = "error",
	};
	size_t i = 0;

	while (i < OCI_LINT_ERROR && strcmp(names[i], name) != 0)
		i++;
	return (enum oci_lint_level)i;
}

int build_lint_open(struct build_lint *lint, const struct oci_spec *spec,
		    struct oci_error *err)
{
	const struct oci_spec_checks *checks = oci_spec_lint(spec);

	lint->budget = checks->size_budget;
	for (size_t i = 0; i < checks->exception_count; i++) {
		const struct oci_spec_exception *e = &checks->exceptions[i];

		if (!is_lint_rule(e->rule))
			return oci_error_set(
				err, OCI_E_INVALID,
				"%s: '%s' is no rule of the linter, expected "
				"one of those in docs/lint.md",
				e->position, e->rule);
		if (findings_except(&lint->findings, "build", e->rule, e->path,
				    level_of(e->level)) >= 0)
			return fail_nomem(err);
	}
	return 0;
}

/* The digest of everything that decides the findings: config, layers, and the
 * options of the rules. */
static bool key_of(struct oci_digest *out, const struct build_lint *lint,
		   const struct oci_config *config,
		   const struct oci_descriptors *layers)
{
	char *text = NULL, *json = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	bool good = stream && oci_config_format(&json, config, NULL) == 0;

	if (good)
		say(stream, "%s %llu\n%s\n", OCI_VERSION,
		    (unsigned long long)lint->budget, json);
	for (size_t i = 0; good && i < layers->count; i++)
		say(stream, "%s\n", layers->items[i].digest.text);
	for (size_t i = 0; good && i < lint->findings.exception_count; i++) {
		const struct oci_lint_exception *e =
			&lint->findings.exceptions[i];

		say(stream, "%s %d %s\n", e->rule, (int)e->level,
		    e->path ? e->path : "");
	}
	good = say_end(stream, &text, 0, NULL) == 0 && good &&
	       oci_digest_data(out, text, size, NULL) == 0;
	free(json);
	free(text);
	return good;
}

bool build_lint_checked(void *data, const struct oci_config *config,
			const struct oci_descriptors *layers)
{
	struct build_lint *lint = data;
	struct oci_digest key;
	char *text = NULL;
	size_t size;
	bool known = lint->cache && key_of(&key, lint, config, layers) &&
		     oci_cache_record_read(&text, &size, lint->cache,
					   OCI_CACHE_CLEAN, &key, NULL) == 0;

	free(text);
	return known;
}

static void note_clean(struct build_lint *lint,
		       const struct oci_config *config,
		       const struct oci_descriptors *layers)
{
	struct oci_digest key;

	if (lint->cache && key_of(&key, lint, config, layers))
		oci_cache_record_write(lint->cache, OCI_CACHE_CLEAN, &key, "",
				       0, NULL);
}

int build_lint_check(void *data, const struct oci_rootfs *rootfs,
		     const struct oci_config *config,
		     const struct oci_descriptors *layers,
		     struct oci_error *err)
{
	struct build_lint *lint = data;
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	const struct oci_lint_subject subject = {
		sizeof(subject), rootfs, config, layers,
	};
	const struct oci_lint_result before = lint->findings.result;
	int rc;

	options.report = findings_add;
	options.data = &lint->findings;
	options.exceptions = lint->findings.exceptions;
	options.exception_count = lint->findings.exception_count;
	options.size_budget = lint->budget;
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	rc = oci_lint_check(&lint->findings.result, &subject, &options, err);
	if (!rc)
		rc = findings_complete(&lint->findings, err);
	/* build does not print notes. */
	if (!rc && lint->findings.result.errors == before.errors &&
	    lint->findings.result.warnings == before.warnings)
		note_clean(lint, config, layers);
	return rc;
}

bool build_lint_refuses(const struct build_lint *lint)
{
	return lint->mode == LINT_ERROR && lint->findings.result.errors;
}

void build_lint_say(const struct build_lint *lint, const char *spec,
		    bool quiet)
{
	const struct oci_lint_result *r = &lint->findings.result;

	if (!r->errors && (quiet || !r->warnings))
		return;
	findings_print(&lint->findings, stderr, FORMAT_TEXT, spec);
}

bool build_lint_mode(enum build_lint_mode *out, const char *text)
{
	static const char *const names[] = { "error", "warn", "off" };

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*out = (enum build_lint_mode)i;
		return true;
	}
	return false;
}
