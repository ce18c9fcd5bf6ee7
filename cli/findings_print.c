/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings as text, as JSON, as SARIF 2.1.0 (OASIS) for code scanning, and as
 * annotations of GitHub's workflows ("Workflow commands", error, warning and
 * notice).
 */
#include "findings.h"

#include <string.h>

enum { RULES_MAX = 64 };

static const char *const levels[] = {
	[OCI_LINT_OFF] = "off", [OCI_LINT_NOTE] = "note",
	[OCI_LINT_WARNING] = "warning", [OCI_LINT_ERROR] = "error",
};

/* Why it matters, and what to do, are said once a rule. */
static bool is_first(bool told[RULES_MAX], const struct oci_lint_rule *rule)
{
	size_t count, i = (size_t)(rule - oci_lint_rules(&count));
	bool first = i >= RULES_MAX || !told[i];

	if (first && i < RULES_MAX)
		told[i] = true;
	return first;
}

static void print_text(FILE *out, const struct finding *f, bool first)
{
	say(out, "%s: %s: ", levels[f->level], f->rule->name);
	if (f->path)
		say(out, "%s", f->path);
	if (f->layer)
		say(out, " (layer %u)", f->layer);
	say(out, "%s%s [%s]\n", f->path ? ": " : "", f->message, f->platform);
	if (first)
		say(out, "    %s\n    %s\n", f->rule->why, f->rule->remedy);
}

static void print_sums(FILE *out, const struct findings *all,
		       const char *name)
{
	const struct oci_lint_result *r = &all->result;

	say(out, "%s: %zu error%s, %zu warning%s, %zu note%s", name, r->errors,
	    plural(r->errors), r->warnings, plural(r->warnings), r->notes,
	    plural(r->notes));
	if (r->ignored)
		say(out, ", %zu passed over", r->ignored);
	if (all->count == FINDINGS_MAX)
		say(out, "; the first %d are told", FINDINGS_MAX);
	say(out, "\n");
}

static void print_member(FILE *out, const char *name, const char *text)
{
	say(out, ",\"%s\":", name);
	say_json(out, text);
}

static void print_json(FILE *out, const struct findings *all)
{
	const struct oci_lint_result *r = &all->result;

	say(out, "{\"findings\":[");
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];

		say(out, "%s{\"rule\":\"%s\",\"level\":\"%s\"",
		    i ? "," : "", f->rule->name, levels[f->level]);
		print_member(out, "platform", f->platform);
		if (f->path)
			print_member(out, "path", f->path);
		if (f->layer)
			say(out, ",\"layer\":%u", f->layer);
		if (f->digest.text[0])
			print_member(out, "digest", f->digest.text);
		print_member(out, "message", f->message);
		print_member(out, "why", f->rule->why);
		print_member(out, "remedy", f->rule->remedy);
		say(out, "}");
	}
	say(out, "],\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu,"
	    "\"ignored\":%zu}\n", r->errors, r->warnings, r->notes,
	    r->ignored);
}

static void print_sarif_rules(FILE *out)
{
	size_t count;
	const struct oci_lint_rule *rules = oci_lint_rules(&count);

	for (size_t i = 0; i < count; i++) {
		say(out, "%s{\"id\":\"%s\",\"shortDescription\":{\"text\":",
		    i ? "," : "", rules[i].name);
		say_json(out, rules[i].why);
		say(out, "},\"help\":{\"text\":");
		say_json(out, rules[i].remedy);
		say(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}",
		    levels[rules[i].level]);
	}
}

static void print_sarif_result(FILE *out, const struct finding *f,
			       const char *name)
{
	say(out, "{\"ruleId\":\"%s\",\"level\":\"%s\",\"message\":{"
	    "\"text\":", f->rule->name, levels[f->level]);
	say_json(out, f->message);
	say(out, "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":"
	    "{\"uri\":");
	say_uri(out, name);
	say(out, "},\"region\":{\"startLine\":1}}");
	if (f->path) {
		say(out, ",\"logicalLocations\":[{\"fullyQualifiedName\":");
		say_json(out, f->path);
		say(out, ",\"kind\":\"resource\"}]");
	}
	say(out, "}]");
	say(out, ",\"properties\":{\"platform\":");
	say_json(out, f->platform);
	say(out, "}}");
}

static void print_sarif(FILE *out, const struct findings *all,
			const char *name)
{
	say(out, "{\"$schema\":\"https://json.schemastore.org/"
	    "sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
	    "\"tool\":{\"driver\":{\"name\":\"oci-pack\",\"version\":"
	    "\"%s\",\"rules\":[", oci_version());
	print_sarif_rules(out);
	say(out, "]}},\"results\":[");
	for (size_t i = 0; i < all->count; i++) {
		say(out, "%s", i ? "," : "");
		print_sarif_result(out, &all->items[i], name);
	}
	say(out, "]}]}\n");
}

static void print_github(FILE *out, const struct finding *f, const char *name)
{
	say(out, "::%s file=",
	    f->level == OCI_LINT_NOTE ? "notice" : levels[f->level]);
	say_github(out, name, true);
	say(out, ",title=%s::", f->rule->name);
	if (f->path) {
		say_github(out, f->path, false);
		say(out, ": ");
	}
	say_github(out, f->message, false);
	say(out, " [");
	say_github(out, f->platform, false);
	say(out, "] %s\n", f->rule->remedy);
}

void findings_print(const struct findings *all, FILE *out,
		    enum findings_format format, const char *name)
{
	bool told[RULES_MAX] = { false };

	if (format == FORMAT_JSON)
		print_json(out, all);
	if (format == FORMAT_SARIF)
		print_sarif(out, all, name);
	for (size_t i = 0; i < all->count; i++) {
		if (format == FORMAT_TEXT)
			print_text(out, &all->items[i],
				   is_first(told, all->items[i].rule));
		if (format == FORMAT_GITHUB)
			print_github(out, &all->items[i], name);
	}
	if (format == FORMAT_TEXT)
		print_sums(out, all, name);
}
