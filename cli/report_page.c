/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of a report: report/report.html with the style, the script and the
 * data in place of @STYLE@, @SCRIPT@ and @DATA@. The Content-Security-Policy
 * allows this style and this script by their digests, and nothing else: no
 * other script runs, and nothing is fetched. Content Security Policy Level 3,
 * "Hash usage for inline".
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* The Makefile makes these lists of bytes from the files in cli/report. A NUL
 * ends each. */
static const unsigned char template_bytes[] = {
#include "report_html.h"
	0
};
static const unsigned char style_bytes[] = {
#include "report_css.h"
	0
};
static const unsigned char script_bytes[] = {
#include "report_js.h"
	0
};

static const char *const template = (const char *)template_bytes;
static const char *const style = (const char *)style_bytes;
static const char *const script = (const char *)script_bytes;

/* Room for "sha256-" and the base64 of 32 bytes. */
enum { HASH_BYTES = 32, HASH_TEXT = 7 + 44 + 1 };

/* Writes a digest as CSP has it: base64 instead of hexadecimal digits. */
static void format_hash(char out[HASH_TEXT], const struct oci_digest *digest)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *hex = oci_digest_hex(digest);
	char *end = out + 7;

	memcpy(out, "sha256-", 7);
	for (int i = 0; i < HASH_BYTES; i += 3) {
		unsigned bits = 0;

		for (int k = i; k < i + 3; k++)
			bits = bits << 8 |
			       (k < HASH_BYTES ? report_hex_byte(hex + 2 * k)
					       : 0);
		for (int shift = 18; shift >= 0; shift -= 6)
			*end++ = letters[bits >> shift & 63];
	}
	/* 32 bytes are 10 groups of three, and two bytes. */
	end[-1] = '=';
	*end = '\0';
}

/* JSON in a script element: "<", ">" and "&" only occur in strings, where an
 * escape has the same meaning and does not end the element. */
static void say_data(FILE *out, const char *json, size_t size)
{
	const char *end = json + size;

	while (json < end) {
		size_t n = strcspn(json, "<>&");

		say_bytes(out, json, n);
		json += n;
		if (json < end)
			say(out, "\\u%04x", (unsigned char)*json++);
	}
}

struct parts {
	const char *json;
	size_t json_size;
	char style_hash[HASH_TEXT], script_hash[HASH_TEXT];
};

/* Writes what stands for the placeholder at text. Returns the placeholder's
 * length; 0: there is none. */
static size_t say_part(FILE *out, const char *text, const struct parts *p)
{
	static const char *const names[] = { "@POLICY@", "@STYLE@", "@SCRIPT@",
					     "@DATA@" };
	size_t i = 0;

	while (i < 4 && strncmp(text, names[i], strlen(names[i])) != 0)
		i++;
	if (i == 0)
		say(out,
		    "default-src 'none'; style-src '%s'; script-src '%s'; "
		    "base-uri 'none'; form-action 'none'",
		    p->style_hash, p->script_hash);
	if (i == 1)
		say_bytes(out, style, strlen(style));
	if (i == 2)
		say_bytes(out, script, strlen(script));
	if (i == 3)
		say_data(out, p->json, p->json_size);
	return i < 4 ? strlen(names[i]) : 0;
}

static void say_page(FILE *out, const struct parts *p)
{
	const char *at = template, *end = template + strlen(template);

	while (at < end) {
		const char *mark = memchr(at, '@', (size_t)(end - at));
		size_t n = (size_t)((mark ? mark : end) - at);

		say_bytes(out, at, n);
		at += n;
		if (!mark)
			break;
		n = say_part(out, at, p);
		if (!n)
			say_bytes(out, at, 1);
		at += n ? n : 1;
	}
}

int report_page(char **out, size_t *size, const char *json, size_t json_size,
		struct oci_error *err)
{
	struct parts p = { .json = json, .json_size = json_size };
	struct oci_digest digest;
	FILE *page;
	int rc = oci_digest_data(&digest, style, strlen(style), err);

	if (rc)
		return rc;
	format_hash(p.style_hash, &digest);
	rc = oci_digest_data(&digest, script, strlen(script), err);
	if (rc)
		return rc;
	format_hash(p.script_hash, &digest);
	page = open_memstream(out, size);
	if (!page)
		return fail_nomem(err);
	say_page(page, &p);
	return say_end(page, out, 0, err);
}
