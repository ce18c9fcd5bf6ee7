/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds why a registry, a token server or a proxy refused a request: the errors
 * of the OCI Distribution Specification ("Error codes"), the members of other
 * servers, plain text, or the title of an HTML page.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/json.h"
#include "document/token.h"

enum { TEXT_MAX = 400, REASONS_MAX = 64 * 1024 };

/* Adds a reason unless it is there already. */
static int add(struct oci_buf *out, const char *name, const char *text,
	       struct oci_error *err)
{
	if (!text || !*text || (out->data && strstr(out->data, text)))
		return 0;
	return oci_buf_format(out, err, "%s%s%s%s", out->len ? ": " : "",
			      name ? name : "", name ? " " : "", text);
}

/* "detail" may be anything. Most servers have a text or an object with texts;
 * lists only repeat the requested scopes. */
static int add_detail(struct oci_buf *out, const json_t *detail,
		      struct oci_error *err)
{
	const char *key;
	json_t *value;
	int rc = 0;

	if (json_is_string(detail))
		return add(out, NULL, json_string_value(detail), err);
	json_object_foreach((json_t *)detail, key, value) if (!rc) rc =
		add(out, key, json_string_value(value), err);
	return rc;
}

static int add_error(struct oci_buf *out, const json_t *error,
		     struct oci_error *err)
{
	static const char *const names[] = {
		"message",
		"Message",
		"error_description",
		"details",
	};
	int rc = 0;

	if (json_is_string(error))
		return add(out, NULL, json_string_value(error), err);
	for (size_t i = 0; !rc && i < sizeof(names) / sizeof(names[0]); i++)
		rc = add(out, NULL,
			 json_string_value(json_object_get(error, names[i])),
			 err);
	return rc ? rc : add_detail(out, json_object_get(error, "detail"), err);
}

static int read_json(struct oci_buf *out, char **code, const json_t *root,
		     struct oci_error *err)
{
	const json_t *errors = json_object_get(root, "errors");
	const json_t *error = json_object_get(root, "error");
	const json_t *first =
		json_is_array(errors) ? json_array_get(errors, 0) : root;
	int rc = 0;

	/* A code that is not a string is ignored. */
	oci_json_text(code, json_is_object(first) ? first : root, "code", NULL);
	if (first)
		rc = add_error(out, first, err);
	return rc ? rc : add_error(out, error, err);
}

/* Copies the first line of text. */
static int add_line(struct oci_buf *out, const char *text, size_t size,
		    struct oci_error *err)
{
	char line[TEXT_MAX];
	size_t n = 0;

	while (size && isspace((unsigned char)*text)) {
		text++;
		size--;
	}
	while (n < size && n < sizeof(line) - 1 && text[n] && text[n] != '\n' &&
	       text[n] != '\r') {
		line[n] = text[n];
		n++;
	}
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	line[n] = '\0';
	return add(out, NULL, line, err);
}

/* Finds a tag, ignoring case; text ends in a NUL. */
static const char *find_tag(const char *text, const char *tag)
{
	size_t size = strlen(tag);

	for (; *text; text++)
		if (strncasecmp(text, tag, size) == 0)
			return text;
	return NULL;
}

static int read_text(struct oci_buf *out, const char *text, size_t size,
		     struct oci_error *err)
{
	size_t blanks = strspn(text, " \t\r\n");
	const char *title, *end;

	if (text[blanks] == '{' || text[blanks] == '[')
		return 0; /* JSON that is broken */
	if (text[blanks] != '<')
		return add_line(out, text, size, err);
	title = find_tag(text, "<title>");
	end = title ? find_tag(title, "</title>") : NULL;
	if (!end)
		return 0;
	title += strlen("<title>");
	return add_line(out, title, (size_t)(end - title), err);
}

int oci_answer_parse(char **code, char **message, const char *text, size_t size,
		     struct oci_error *err)
{
	struct oci_buf reasons;
	json_t *json = NULL;
	int rc;

	*code = *message = NULL;
	oci_buf_init(&reasons, REASONS_MAX);
	if (oci_json_load(&json, text, size, NULL) == 0)
		rc = read_json(&reasons, code, json, err);
	else
		rc = read_text(&reasons, text, size, err);
	json_decref(json);
	/* A text that is too long is cut off. */
	if (rc == OCI_E_LIMIT)
		rc = 0;
	if (!rc && !*code)
		rc = oci_text_copy(code, "", err);
	if (!rc)
		rc = oci_buf_detach(message, &reasons, err);
	oci_buf_release(&reasons);
	if (rc) {
		free(*code);
		*code = NULL;
	}
	return rc;
}
