/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Link header (RFC 8288, section 3): <TARGET>; rel="next", separated by
 * commas. An answer may have several of these headers.
 */
#include "registry/link.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

/* A part of the header. */
struct span {
	const char *start;
	size_t size;
};

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Reads a token or quoted text. Returns the rest, or NULL if the quote is not
 * closed. */
static const char *read_value(struct span *out, const char *p)
{
	if (*p != '"') {
		*out = (struct span){ p, strcspn(p, " \t;,") };
		return p + out->size;
	}
	out->start = ++p;
	while (*p && *p != '"')
		p += *p == '\\' && p[1] ? 2 : 1;
	out->size = (size_t)(p - out->start);
	return *p ? p + 1 : NULL;
}

/* Returns whether "next" is one of the words of a value. */
static bool says_next(const struct span *value)
{
	const char *p = value->start, *end = p + value->size;

	while (p < end) {
		size_t size = 0;

		while (p + size < end && p[size] != ' ' && p[size] != '\t')
			size++;
		if (size == 4 && strncasecmp(p, "next", 4) == 0)
			return true;
		p += size + 1;
	}
	return false;
}

/* Reads the parameters of one link; the first rel counts. Returns the rest, or
 * NULL. */
static const char *read_parameters(bool *next, const char *p)
{
	bool seen = false;

	*next = false;
	for (p = skip_blanks(p); p && *p == ';';) {
		struct span name = { skip_blanks(p + 1), 0 };
		struct span value = { "", 0 };

		name.size = strcspn(name.start, " \t=;,");
		p = skip_blanks(name.start + name.size);
		if (*p == '=')
			p = read_value(&value, skip_blanks(p + 1));
		p = p ? skip_blanks(p) : NULL;
		if (seen || name.size != 3 ||
		    strncasecmp(name.start, "rel", 3) != 0)
			continue;
		seen = true;
		*next = says_next(&value);
	}
	return p;
}

static int fail(const char *line, struct oci_error *err)
{
	return oci_fail(err, OCI_E_INVALID,
			"its Link header '%.200s' cannot be read", line);
}

static int find_next(char **out, const char *line, struct oci_error *err)
{
	const char *p = line + strspn(line, " \t,");
	bool next = false;

	while (*p && !next) {
		const char *target = p + 1;
		size_t size = strcspn(target, ">");

		if (*p != '<' || !target[size])
			return fail(line, err);
		p = read_parameters(&next, target + size + 1);
		if (!p || (*p && *p != ','))
			return fail(line, err);
		p += strspn(p, " \t,");
		if (!next)
			continue;
		*out = strndup(target, size);
		if (!*out)
			return oci_fail_nomem(err);
	}
	return 0;
}

int oci_link_next(char **out, const struct oci_http_response *response,
		  struct oci_error *err)
{
	size_t position = 0;
	const char *line;
	int rc = 0;

	*out = NULL;
	while (!rc && !*out &&
	       (line = oci_http_next_header(response, "link", &position)))
		rc = find_next(out, line, err);
	return rc;
}
