/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions of a Dockerfile that become the config of an image. */
#include <stdlib.h>
#include <string.h>

#include "convert.h"

enum { RANGE_MAX = 64 };

/* Replaces a text by the whole rest of a line. */
static int take_text(char **out, struct conversion *c,
		     const struct dockerfile_line *line, struct oci_error *err)
{
	char *text;
	int rc = dockerwords_whole(&text, &c->words, line->rest, err);

	if (rc)
		return rc;
	free(*out);
	*out = text;
	return 0;
}

/* Sets a pair, unless its value has a variable that is not known. */
static int set_pair(struct oci_pairs *out, struct conversion *c,
		    const struct dockerfile_line *line, const char *key,
		    const char *value, struct oci_error *err)
{
	char why[256];

	if (!c->words.unknown[0])
		return oci_pairs_set(out, key, value, err);
	snprintf(why, sizeof(why),
		 "%.100s alone, because the value of %s is not known here",
		 key, c->words.unknown);
	conversion_leave_out(c, line, why);
	return 0;
}

/* The older form KEY VALUE. */
static int take_pair(struct oci_pairs *out, struct conversion *c,
		     const struct dockerfile_line *line, size_t key,
		     struct oci_error *err)
{
	const char *value = line->rest + key;
	char *name = strndup(line->rest, key), *word = NULL;
	int rc = name ? 0 : fail_nomem(err);

	value += strspn(value, " \t");
	c->words.unknown[0] = '\0';
	if (!rc)
		rc = dockerwords_whole(&word, &c->words, value, err);
	if (!rc)
		rc = set_pair(out, c, line, name, word, err);
	free(word);
	free(name);
	return rc;
}

/* KEY=VALUE... */
static int take_pairs(struct oci_pairs *out, struct conversion *c,
		      const struct dockerfile_line *line, struct oci_error *err)
{
	size_t key = strcspn(line->rest, " \t=");
	const char *text = line->rest;
	char *word = NULL;
	int rc = 0;

	if (text[key] != '=')
		return take_pair(out, c, line, key, err);
	do {
		char *equals = word ? strchr(word, '=') : NULL;

		if (equals)
			*equals = '\0';
		if (word)
			rc = set_pair(out, c, line, word,
				      equals ? equals + 1 : "", err);
		free(word);
		c->words.unknown[0] = '\0';
		word = NULL;
		if (!rc)
			rc = dockerwords_next(&word, &c->words, &text, err);
	} while (!rc && word);
	free(word);
	return rc;
}

/* The exec form, or the shell form: a line for the shell. */
static int take_command(struct oci_strings *out, const struct conversion *c,
			const char *text, struct oci_error *err)
{
	static char *const usual[] = { (char *)"/bin/sh", (char *)"-c" };
	char *const *shell = c->shell.count ? c->shell.items : usual;
	size_t count = c->shell.count ? c->shell.count : 2;
	struct oci_strings list;
	bool is_json;
	char *literal;
	int rc = dockerwords_json(&list, &is_json, text, err);

	oci_strings_release(out);
	if (rc || is_json) {
		*out = list;
		return rc;
	}
	for (size_t i = 0; !rc && i < count; i++)
		rc = oci_strings_add(out, shell[i], err);
	if (!rc)
		rc = dockerwords_literal(&literal, text, err);
	if (rc)
		return rc;
	rc = oci_strings_add(out, literal, err);
	free(literal);
	return rc;
}

/* Docker forgets an earlier stage's command when the entrypoint changes. */
static int take_entrypoint(struct conversion *c, const char *text,
			   struct oci_error *err)
{
	c->has_entrypoint = true;
	if (!c->cmd_here) {
		oci_strings_release(&c->cmd);
		c->has_cmd = false;
	}
	return take_command(&c->entrypoint, c, text, err);
}

int conversion_path(char **out, const struct conversion *c, const char *path,
		    struct oci_error *err)
{
	const char *before = c->folder_inside ? c->folder_inside : "/";
	size_t size = strlen(before) + strlen(path) + 3;

	*out = malloc(size);
	if (!*out)
		return fail_nomem(err);
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (*path == '/' || strncmp(path, "${", 2) == 0)
		before = "";
	snprintf(*out, size, "%s%s%s", before,
		 *before && before[strlen(before) - 1] != '/' ? "/" : "",
		 strcmp(path, ".") == 0 ? "" : path);
	return 0;
}

static int take_workdir(struct conversion *c,
			const struct dockerfile_line *line,
			struct oci_error *err)
{
	char *text, *path;
	int rc = dockerwords_whole(&text, &c->words, line->rest, err);

	if (rc)
		return rc;
	rc = conversion_path(&path, c, text, err);
	free(text);
	if (rc)
		return rc;
	free(c->folder_inside);
	c->folder_inside = path;
	return 0;
}

/* Reads FIRST-LAST, of which protocol is what follows. */
static bool read_range(uint64_t *first, uint64_t *last, const char *word,
		       size_t size)
{
	char text[32];
	char *dash;

	if (size >= sizeof(text))
		return false;
	memcpy(text, word, size);
	text[size] = '\0';
	dash = strchr(text, '-');
	if (!dash)
		return false;
	*dash = '\0';
	return parse_number(first, text, 65535) &&
	       parse_number(last, dash + 1, 65535) && *first <= *last &&
	       *last - *first <= RANGE_MAX;
}

/* PORT, PORT/PROTOCOL or FIRST-LAST/PROTOCOL. */
static int add_ports(struct conversion *c, const char *word,
		     struct oci_error *err)
{
	size_t size = strcspn(word, "/");
	const char *protocol = word[size] ? word + size : "/tcp";
	uint64_t first, last;
	char text[160];
	int rc = 0;

	if (!read_range(&first, &last, word, size)) {
		snprintf(text, sizeof(text), "%.*s%.20s",
			 (int)(size < 100 ? size : 100), word, protocol);
		return oci_strings_add(&c->ports, text, err);
	}
	for (; !rc && first <= last; first++) {
		snprintf(text, sizeof(text), "%llu%.20s",
			 (unsigned long long)first, protocol);
		rc = oci_strings_add(&c->ports, text, err);
	}
	return rc;
}

static int take_ports(struct conversion *c, const struct dockerfile_line *line,
		      struct oci_error *err)
{
	struct oci_strings words;
	int rc = dockerwords_split(&words, &c->words, line->rest, err);

	for (size_t i = 0; !rc && i < words.count; i++)
		rc = add_ports(c, words.items[i], err);
	oci_strings_release(&words);
	return rc;
}

static int take_volumes(struct conversion *c,
			const struct dockerfile_line *line,
			struct oci_error *err)
{
	struct oci_strings words;
	bool is_json;
	int rc = dockerwords_json(&words, &is_json, line->rest, err);

	if (!rc && !is_json)
		rc = dockerwords_split(&words, &c->words, line->rest, err);
	for (size_t i = 0; !rc && i < words.count; i++)
		rc = oci_strings_add(&c->volumes, words.items[i], err);
	oci_strings_release(&words);
	return rc;
}

static int take_shell(struct conversion *c, const struct dockerfile_line *line,
		      struct oci_error *err)
{
	struct oci_strings list;
	bool is_json;
	int rc = dockerwords_json(&list, &is_json, line->rest, err);

	if (rc)
		return rc;
	if (!is_json) {
		conversion_leave_out(c, line, "it is no JSON list");
		return 0;
	}
	oci_strings_release(&c->shell);
	c->shell = list;
	return 0;
}

/* HEALTHCHECK [--interval=30s ...] CMD COMMAND, or NONE. */
static int take_health(struct conversion *c, const struct dockerfile_line *line,
		       struct oci_error *err)
{
	const char *p = line->rest;
	struct oci_strings list;
	bool is_json;
	int rc = 0;

	oci_strings_release(&c->health_test);
	oci_pairs_release(&c->health);
	while (!rc && strncmp(p, "--", 2) == 0) {
		size_t size = strcspn(p, " \t"), key = strcspn(p, "= \t");
		char *name = strndup(p + 2, key - 2);
		char *value = strndup(p + key + (p[key] == '='),
				      size - key - (p[key] == '='));

		rc = name && value ? oci_pairs_set(&c->health, name, value, err)
				   : fail_nomem(err);
		free(name);
		free(value);
		p += size + strspn(p + size, " \t");
	}
	if (rc || strncmp(p, "CMD", 3) != 0)
		return rc ? rc : oci_strings_add(&c->health_test, "NONE", err);
	p += 3 + strspn(p + 3, " \t");
	rc = dockerwords_json(&list, &is_json, p, err);
	if (!rc)
		rc = oci_strings_add(&c->health_test,
				     is_json ? "CMD" : "CMD-SHELL", err);
	for (size_t i = 0; !rc && i < list.count; i++)
		rc = oci_strings_add(&c->health_test, list.items[i], err);
	if (!rc && !is_json)
		rc = oci_strings_add(&c->health_test, p, err);
	oci_strings_release(&list);
	return rc;
}

int conversion_configure(bool *known, struct conversion *c,
			 const struct dockerfile_line *line,
			 struct oci_error *err)
{
	const char *name = line->name;

	*known = true;
	if (strcmp(name, "ENV") == 0)
		return take_pairs(&c->words.env, c, line, err);
	if (strcmp(name, "LABEL") == 0)
		return take_pairs(&c->labels, c, line, err);
	if (strcmp(name, "MAINTAINER") == 0)
		return oci_pairs_set(&c->labels, "maintainer", line->rest, err);
	if (strcmp(name, "USER") == 0)
		return take_text(&c->user, c, line, err);
	if (strcmp(name, "STOPSIGNAL") == 0)
		return take_text(&c->stop_signal, c, line, err);
	if (strcmp(name, "WORKDIR") == 0)
		return take_workdir(c, line, err);
	if (strcmp(name, "EXPOSE") == 0)
		return take_ports(c, line, err);
	if (strcmp(name, "VOLUME") == 0)
		return take_volumes(c, line, err);
	if (strcmp(name, "SHELL") == 0)
		return take_shell(c, line, err);
	if (strcmp(name, "HEALTHCHECK") == 0)
		return take_health(c, line, err);
	if (strcmp(name, "ENTRYPOINT") == 0)
		return take_entrypoint(c, line->rest, err);
	*known = strcmp(name, "CMD") == 0;
	if (!*known)
		return 0;
	c->has_cmd = c->cmd_here = true;
	return take_command(&c->cmd, c, line->rest, err);
}
