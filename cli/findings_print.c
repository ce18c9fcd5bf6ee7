/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints findings as text, JSON, SARIF 2.1.0 (OASIS) for code scanning, or
 * annotations of GitHub's workflows ("Workflow commands": error, warning,
 * notice).
 */
#include "findings.h"

#include <string.h>

enum { RULES_MAX = 64 };

static const char *const levels[] = {
	[OCI_LINT_OFF] = "off", [OCI_LINT_NOTE] = "note",
	[OCI_LINT_WARNING] = "warning", [OCI_LINT_ERROR] = "error",
};

/* The most paths that are listed for equal findings. */
enum { PATHS_MAX = 4 };

/* Prints why the rule matters, once for each rule, and what to do, once for
 * each remedy. told has the last printed remedy of each rule, or NULL. */
static void print_advice(FILE *out, const char *told[RULES_MAX],
			 const struct finding *f)
{
	size_t count, i = (size_t)(f->rule - oci_lint_rules(&count));

	if (i >= RULES_MAX || (told[i] && strcmp(told[i], f->remedy) == 0))
		return;
	if (!told[i])
		say(out, "    %s\n", f->rule->why);
	say(out, "    %s\n", f->remedy);
	told[i] = f->remedy;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->level == b->level && a->path &&
	       b->path && strcmp(a->message, b->message) == 0 &&
	       strcmp(a->platform, b->platform) == 0;
}

/* Equal findings are printed once. Returns how many from i on are equal. */
static size_t count_same(const struct findings *all, size_t i)
{
	size_t n = 1;

	while (i + n < all->count &&
	       is_same(&all->items[i], &all->items[i + n]))
		n++;
	return n;
}

static void print_others(FILE *out, const struct finding *first, size_t count)
{
	if (count < 2)
		return;
	say(out, "    The same is true of");
	for (size_t i = 1; i < count && i <= PATHS_MAX; i++)
		say(out, "%s %s", i > 1 ? "," : "", first[i].path);
	if (count > PATHS_MAX + 1)
		say(out, " and %zu others", count - PATHS_MAX - 1);
	say(out, ".\n");
}

static void print_text(FILE *out, const struct finding *f)
{
	say(out, "%s: %s: ", levels[f->level], f->rule->name);
	if (f->path)
		say(out, "%s", f->path);
	if (f->layer)
		say(out, " (layer %u)", f->layer);
	say(out, "%s%s [%s]\n", f->path ? ": " : "", f->message, f->platform);
}

static void print_texts(FILE *out, const struct findings *all)
{
	const char *told[RULES_MAX] = { NULL };
	size_t n;

	for (size_t i = 0; i < all->count; i += n) {
		n = count_same(all, i);
		print_text(out, &all->items[i]);
		print_others(out, &all->items[i], n);
		print_advice(out, told, &all->items[i]);
	}
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
		print_member(out, "remedy", f->remedy);
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
	say(out, "] %s\n", f->remedy);
}

void findings_print(const struct findings *all, FILE *out,
		    enum findings_format format, const char *name)
{
	if (format == FORMAT_JSON)
		print_json(out, all);
	if (format == FORMAT_SARIF)
		print_sarif(out, all, name);
	for (size_t i = 0; format == FORMAT_GITHUB && i < all->count; i++)
		print_github(out, &all->items[i], name);
	if (format != FORMAT_TEXT)
		return;
	print_texts(out, all);
	print_sums(out, all, name);
}
