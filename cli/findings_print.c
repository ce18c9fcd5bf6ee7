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
	fprintf(out, "%s: %s: ", levels[f->level], f->rule->name);
	if (f->path)
		print_plain(out, f->path);
	if (f->layer)
		fprintf(out, " (layer %u)", f->layer);
	if (f->path)
		fputs(": ", out);
	print_plain(out, f->message);
	fprintf(out, " [%s]\n", f->platform);
	if (first)
		fprintf(out, "    %s\n    %s\n", f->rule->why,
			f->rule->remedy);
}

static void print_sums(FILE *out, const struct findings *all,
		       const char *name)
{
	const struct oci_lint_result *r = &all->result;

	print_plain(out, name);
	fprintf(out, ": %zu errors, %zu warnings, %zu notes", r->errors,
		r->warnings, r->notes);
	if (r->ignored)
		fprintf(out, ", %zu passed over", r->ignored);
	if (all->count == FINDINGS_MAX)
		fprintf(out, "; the first %d are told", FINDINGS_MAX);
	fputs("\n", out);
}

static void print_member(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	print_json_text(out, text);
}

static void print_json(FILE *out, const struct findings *all)
{
	const struct oci_lint_result *r = &all->result;

	fputs("{\"findings\":[", out);
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];

		fprintf(out, "%s{\"rule\":\"%s\",\"level\":\"%s\"",
			i ? "," : "", f->rule->name, levels[f->level]);
		print_member(out, "platform", f->platform);
		if (f->path)
			print_member(out, "path", f->path);
		if (f->layer)
			fprintf(out, ",\"layer\":%u", f->layer);
		if (f->digest.text[0])
			print_member(out, "digest", f->digest.text);
		print_member(out, "message", f->message);
		print_member(out, "why", f->rule->why);
		print_member(out, "remedy", f->rule->remedy);
		fputs("}", out);
	}
	fprintf(out, "],\"errors\":%zu,\"warnings\":%zu,\"notes\":%zu,"
		"\"ignored\":%zu}\n", r->errors, r->warnings, r->notes,
		r->ignored);
}

static void print_sarif_rules(FILE *out)
{
	size_t count;
	const struct oci_lint_rule *rules = oci_lint_rules(&count);

	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s{\"id\":\"%s\",\"shortDescription\":{\"text\":",
			i ? "," : "", rules[i].name);
		print_json_text(out, rules[i].why);
		fputs("},\"help\":{\"text\":", out);
		print_json_text(out, rules[i].remedy);
		fprintf(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}",
			levels[rules[i].level]);
	}
}

/* A relative URI reference: RFC 3986. */
static void print_uri(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c > ' ' && c < 0x7f && !strchr("\"%<>[\\]^`{|}#?", c))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
	}
	fputc('"', out);
}

static void print_sarif_result(FILE *out, const struct finding *f,
			       const char *name)
{
	fprintf(out, "{\"ruleId\":\"%s\",\"level\":\"%s\",\"message\":{"
		"\"text\":", f->rule->name, levels[f->level]);
	print_json_text(out, f->message);
	fputs("},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":"
	      "{\"uri\":", out);
	print_uri(out, name);
	fputs("},\"region\":{\"startLine\":1}}", out);
	if (f->path) {
		fputs(",\"logicalLocations\":[{\"fullyQualifiedName\":", out);
		print_json_text(out, f->path);
		fputs(",\"kind\":\"resource\"}]", out);
	}
	fputs("}]", out);
	fputs(",\"properties\":{\"platform\":", out);
	print_json_text(out, f->platform);
	fputs("}}", out);
}

static void print_sarif(FILE *out, const struct findings *all,
			const char *name)
{
	fprintf(out, "{\"$schema\":\"https://json.schemastore.org/"
		"sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
		"\"tool\":{\"driver\":{\"name\":\"oci-pack\",\"version\":"
		"\"%s\",\"rules\":[", oci_version());
	print_sarif_rules(out);
	fputs("]}},\"results\":[", out);
	for (size_t i = 0; i < all->count; i++) {
		fputs(i ? "," : "", out);
		print_sarif_result(out, &all->items[i], name);
	}
	fputs("]}]}\n", out);
}

/* The characters that end a value there. */
static void print_escaped(FILE *out, const char *text, bool property)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == '%' || c == 0x7f ||
		    (property && (c == ',' || c == ':')))
			fprintf(out, "%%%02X", c);
		else
			fputc(c, out);
	}
}

static void print_github(FILE *out, const struct finding *f, const char *name)
{
	fprintf(out, "::%s file=",
		f->level == OCI_LINT_NOTE ? "notice" : levels[f->level]);
	print_escaped(out, name, true);
	fprintf(out, ",title=%s::", f->rule->name);
	if (f->path) {
		print_escaped(out, f->path, false);
		fputs(": ", out);
	}
	print_escaped(out, f->message, false);
	fprintf(out, " [%s] %s\n", f->platform, f->rule->remedy);
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
