/* SPDX-License-Identifier: Apache-2.0 */
#include "dockerwords.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { NAME_MAX_SIZE = 63 };

/* A word ends at a blank, a line has several words, and in a text quotes stand
 * for themselves. */
enum kind { WORD, LINE, TEXT };

static const struct {
	const char *name, *text;
} predefined[] = {
	{ "TARGETARCH", "${arch}" },
	{ "TARGETOS", "${os}" },
	{ "TARGETVARIANT", "${variant}" },
	{ "TARGETPLATFORM", "${platform}" },
	/* Of the machine that builds, which a spec does not depend on. */
	{ "BUILDPLATFORM", "" },
	{ "BUILDOS", "" },
	{ "BUILDARCH", "" },
};

const char *dockerwords_value(const struct dockerwords *words, const char *name,
			      char room[128])
{
	const char *value = oci_pairs_get(&words->env, name);

	if (value)
		return value;
	for (size_t i = 0; i < sizeof(predefined) / sizeof(predefined[0]); i++)
		if (strcmp(predefined[i].name, name) == 0)
			return predefined[i].text;
	if (!oci_pairs_get(&words->args, name))
		return NULL;
	snprintf(room, 128, "${%s}", name);
	return room;
}

static size_t name_size(const char *p)
{
	return strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789_");
}

/* Where the bracket ends that starts before p; NULL: nowhere. */
static const char *closing(const char *p)
{
	int depth = 1;

	for (; *p; p++) {
		depth += *p == '{';
		depth -= *p == '}';
		if (!depth)
			return p;
	}
	return NULL;
}

/* The part of ${NAME:-text} and ${NAME:+text} behind the name. */
static int put_alternative(FILE *out, struct dockerwords *words,
			   const char *value, const char *rest, size_t size,
			   struct oci_error *err)
{
	bool minus = size >= 1 && rest[size > 1 && *rest == ':'] == '-';
	size_t skip = *rest == ':' ? 2 : 1;
	char *text, *word = NULL;
	int rc;

	if ((minus && value) || size < skip) {
		say_bytes(out, value ? value : "", value ? strlen(value) : 0);
		return 0;
	}
	if (!minus && !value)
		return 0;
	text = strndup(rest + skip, size - skip);
	if (!text)
		return fail_nomem(err);
	rc = dockerwords_whole(&word, words, text, err);
	if (!rc)
		say_bytes(out, word, strlen(word));
	free(word);
	free(text);
	return rc;
}

/* Writes the value of the variable at *p, behind the dollar, and moves *p. */
static int put_variable(FILE *out, struct dockerwords *words, const char **p,
			struct oci_error *err)
{
	bool braces = **p == '{';
	const char *start = *p + braces;
	const char *end = braces ? closing(start) : NULL;
	size_t size = name_size(start);
	char name[NAME_MAX_SIZE + 1], room[128];
	const char *value;

	if (!size || size > NAME_MAX_SIZE || (braces && !end)) {
		say_bytes(out, "$", 1);
		return 0;
	}
	memcpy(name, start, size);
	name[size] = '\0';
	value = dockerwords_value(words, name, room);
	*p = braces ? end + 1 : start + size;
	if (braces && start + size < end)
		return put_alternative(out, words, value, start + size,
				       (size_t)(end - start) - size, err);
	if (value)
		say_bytes(out, value, strlen(value));
	else
		memcpy(words->unknown, name, size + 1);
	return 0;
}

/* A character that stands for itself: a spec would take "${" as a variable. */
static void put_literal(FILE *out, const char *p)
{
	if (p[0] == '$' && p[1] == '{')
		say_bytes(out, "$", 1);
	say_bytes(out, p, 1);
}

static int put_word(FILE *out, struct dockerwords *words, const char **text,
		    enum kind kind, struct oci_error *err)
{
	const char *p = *text;
	char quote = '\0';
	int rc = 0;

	while (!rc && *p &&
	       (quote || kind != WORD || (*p != ' ' && *p != '\t'))) {
		if (kind != TEXT && (*p == '"' || *p == '\'') &&
		    (!quote || quote == *p)) {
			quote = quote ? '\0' : *p;
			p++;
		} else if (*p == words->escape && p[1] && quote != '\'' &&
			   (kind != TEXT || p[1] == '$')) {
			put_literal(out, p + 1);
			p += 2;
		} else if (*p == '$' && quote != '\'') {
			p++;
			rc = put_variable(out, words, &p, err);
		} else {
			put_literal(out, p++);
		}
	}
	*text = p;
	return rc;
}

static int read_word(char **out, struct dockerwords *words, const char **text,
		     enum kind kind, struct oci_error *err)
{
	size_t size;
	FILE *stream = open_memstream(out, &size);
	int rc = stream ? put_word(stream, words, text, kind, err)
			: fail_nomem(err);

	rc = say_end(stream, out, rc, err);
	if (rc) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

int dockerwords_next(char **out, struct dockerwords *words, const char **text,
		     struct oci_error *err)
{
	*out = NULL;
	*text += strspn(*text, " \t");
	return **text ? read_word(out, words, text, WORD, err) : 0;
}

int dockerwords_whole(char **out, struct dockerwords *words, const char *text,
		      struct oci_error *err)
{
	*out = NULL;
	return read_word(out, words, &text, LINE, err);
}

int dockerwords_text(char **out, struct dockerwords *words, const char *text,
		     struct oci_error *err)
{
	*out = NULL;
	return read_word(out, words, &text, TEXT, err);
}

int dockerwords_split(struct oci_strings *out, struct dockerwords *words,
		      const char *text, struct oci_error *err)
{
	char *word;
	int rc;

	*out = (struct oci_strings){ 0 };
	while (!(rc = dockerwords_next(&word, words, &text, err)) && word) {
		rc = oci_strings_add(out, word, err);
		free(word);
		if (rc)
			return rc;
	}
	return rc;
}

/* Reads a JSON string at *p into out, which has room for twice its bytes. */
static bool read_string(char *out, const char **p)
{
	const char *at = *p;

	if (*at++ != '"')
		return false;
	for (; *at && *at != '"'; at++) {
		char c = *at;

		if (c == '\\') {
			const char *found = strchr("\"\\/nt", *++at);

			if (!*at || !found)
				return false;
			c = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
		}
		*out++ = c;
		if (c == '$' && at[1] == '{')
			*out++ = '$';
	}
	*out = '\0';
	if (*at != '"')
		return false;
	*p = at + 1;
	return true;
}

int dockerwords_json(struct oci_strings *out, bool *is_json, const char *text,
		     struct oci_error *err)
{
	char *word = malloc(2 * strlen(text) + 1);
	const char *p = text + 1;
	int rc = word ? 0 : fail_nomem(err);

	*out = (struct oci_strings){ 0 };
	*is_json = *text == '[';
	while (!rc && *is_json) {
		p += strspn(p, " \t");
		if (*p == ']' && !out->count)
			break;
		*is_json = read_string(word, &p);
		if (*is_json)
			rc = oci_strings_add(out, word, err);
		p += strspn(p, " \t");
		if (*p == ']')
			break;
		*is_json = *is_json && *p++ == ',';
	}
	if (*is_json && p[strspn(p, "] \t")])
		*is_json = false;
	if (!*is_json || rc)
		oci_strings_release(out);
	free(word);
	return rc;
}

int dockerwords_literal(char **out, const char *text, struct oci_error *err)
{
	size_t size;
	FILE *stream = open_memstream(out, &size);

	for (; stream && *text; text++)
		put_literal(stream, text);
	return say_end(stream, out, 0, err);
}

void dockerwords_release(struct dockerwords *words)
{
	oci_pairs_release(&words->env);
	oci_pairs_release(&words->args);
}
