/* SPDX-License-Identifier: Apache-2.0 */
#include "dockerfile.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"

enum { LINES_MAX = 10000 };

struct reader {
	struct dockerfile *file;
	char *next; /* of the text */
	unsigned number;
};

static int fail(unsigned number, const char *what, struct oci_error *err)
{
	return oci_error_set(err, OCI_E_INVALID, "line %u: %s", number, what);
}

/* Cuts off the next line, or returns NULL. */
static char *next_line(struct reader *r)
{
	char *line = r->next;
	size_t size;

	if (!line || !*line)
		return NULL;
	size = strcspn(line, "\n");
	r->next = line[size] ? line + size + 1 : NULL;
	line[size] = '\0';
	if (size && line[size - 1] == '\r')
		line[size - 1] = '\0';
	r->number++;
	return line;
}

static char *skip_blanks(char *text)
{
	return text + strspn(text, " \t");
}

static void trim_end(char *text)
{
	size_t size = strlen(text);

	while (size && (text[size - 1] == ' ' || text[size - 1] == '\t'))
		text[--size] = '\0';
}

/* "# escape=`", before the first instruction. */
static void read_directive(struct dockerfile *file, const char *comment)
{
	comment += 1 + strspn(comment + 1, " \t");
	if (strncasecmp(comment, "escape", 6) != 0)
		return;
	comment += 6 + strspn(comment + 6, " \t");
	if (*comment != '=')
		return;
	comment += 1 + strspn(comment + 1, " \t");
	if (*comment == '`' || *comment == '\\')
		file->escape = *comment;
}

/* Appends a line to *text, which the caller frees. */
static int append(char **text, const char *line, const char *end,
		  struct oci_error *err)
{
	size_t had = *text ? strlen(*text) : 0;
	size_t size = had + strlen(line) + strlen(end) + 1;
	char *longer = realloc(*text, size);

	if (!longer)
		return fail_nomem(err);
	*text = longer;
	snprintf(longer + had, size - had, "%s%s", line, end);
	return 0;
}

/* Joins the lines of an instruction. Comments and empty lines between them are
 * dropped. */
static int join(char **out, struct reader *r, char *line, struct oci_error *err)
{
	int rc = 0;

	for (bool more = true; !rc && more; line = more ? next_line(r) : line) {
		size_t size;

		if (!line)
			break;
		if (*out && (*skip_blanks(line) == '#' || !*skip_blanks(line)))
			continue;
		trim_end(line);
		size = strlen(line);
		more = size && line[size - 1] == r->file->escape;
		if (more)
			line[size - 1] = '\0';
		rc = append(out, line, "", err);
	}
	return rc;
}

/* Finds the next here-document in the words of an instruction: its end word,
 * and whether tabs are cut off and variables are not replaced. */
static const char *find_heredoc(const char *text, char end[64], bool *tabs,
				bool *quoted)
{
	const char *p = strstr(text, "<<");
	size_t size;

	if (!p)
		return NULL;
	p += 2;
	*tabs = *p == '-';
	p += *tabs;
	*quoted = *p == '"' || *p == '\'';
	p += *quoted;
	size = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789_.-");
	if (!size || size >= 64)
		return find_heredoc(p, end, tabs, quoted);
	memcpy(end, p, size);
	end[size] = '\0';
	return p + size;
}

static int read_heredoc(char **out, struct reader *r, const char *end,
			bool tabs, struct oci_error *err)
{
	unsigned number = r->number;
	char *line;
	int rc = append(out, "", "", err);

	while (!rc && (line = next_line(r))) {
		if (tabs)
			line += strspn(line, "\t");
		if (strcmp(line, end) == 0)
			return 0;
		rc = append(out, line, "\n", err);
	}
	return rc ? rc : fail(number, "a here-document has no end", err);
}

static int read_heredocs(struct dockerfile_line *line, struct reader *r,
			 struct oci_error *err)
{
	const char *p = line->rest;
	char end[64];
	bool tabs, quoted;
	int rc = 0;

	while (!rc && (p = find_heredoc(p, end, &tabs, &quoted))) {
		size_t i = line->heredoc_count;

		if (i == HEREDOCS_MAX)
			return fail(line->number, "too many here-documents",
				    err);
		line->heredoc_count++;
		line->quoted[i] = quoted;
		rc = read_heredoc(&line->heredocs[i], r, end, tabs, err);
	}
	return rc;
}

static int add_line(struct dockerfile *file, char *text, unsigned number,
		    struct oci_error *err)
{
	struct dockerfile_line *line;
	char *name = skip_blanks(text);
	size_t size = strcspn(name, " \t");

	if (file->count == LINES_MAX)
		return oci_error_set(err, OCI_E_LIMIT,
				     "it has more than %d instructions",
				     LINES_MAX);
	line = realloc(file->lines, (file->count + 1) * sizeof(*line));
	if (!line)
		return fail_nomem(err);
	file->lines = line;
	line += file->count++;
	*line = (struct dockerfile_line){ .number = number };
	line->name = strndup(name, size);
	line->rest = strdup(skip_blanks(name + size));
	if (!line->name || !line->rest)
		return fail_nomem(err);
	for (char *p = line->name; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return 0;
}

static bool takes_heredocs(const char *name)
{
	return strcmp(name, "COPY") == 0 || strcmp(name, "ADD") == 0 ||
	       strcmp(name, "RUN") == 0;
}

int dockerfile_parse(struct dockerfile *out, char *text, struct oci_error *err)
{
	struct reader r = { .file = out, .next = text };
	char *line;
	int rc = 0;

	*out = (struct dockerfile){ .escape = '\\' };
	while (!rc && (line = next_line(&r))) {
		unsigned number = r.number;
		char *start = skip_blanks(line), *joined = NULL;

		if (*start == '#' && !out->count)
			read_directive(out, start);
		if (*start == '#' || !*start)
			continue;
		rc = join(&joined, &r, line, err);
		if (!rc)
			rc = add_line(out, joined, number, err);
		free(joined);
		if (!rc && takes_heredocs(out->lines[out->count - 1].name))
			rc = read_heredocs(&out->lines[out->count - 1], &r,
					   err);
	}
	return rc;
}

void dockerfile_release(struct dockerfile *file)
{
	for (size_t i = 0; i < file->count; i++) {
		struct dockerfile_line *line = &file->lines[i];

		free(line->name);
		free(line->rest);
		for (size_t j = 0; j < line->heredoc_count; j++)
			free(line->heredocs[j]);
	}
	free(file->lines);
	*file = (struct dockerfile){ 0 };
}
