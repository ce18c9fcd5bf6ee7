/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Challenges: SCHEME, then parameters NAME=TOKEN or NAME="TEXT", separated by
 * commas. A word without "=" starts the next challenge. Several headers, and
 * several challenges in one header, mean the same.
 */
#include "registry/challenge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"

enum { WORD_MAX = 4096 };

static bool is_token(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"[]?={}", c);
}

static const char *skip(const char *p)
{
	return p + strspn(p, " \t,");
}

/* Reads a token; NULL if there is none or if it is too long. */
static const char *read_token(char out[WORD_MAX], const char *p)
{
	size_t n = 0;

	while (is_token(p[n]) || (n && p[n] == '/'))
		n++;
	if (n == 0 || n >= WORD_MAX)
		return NULL;
	memcpy(out, p, n);
	out[n] = '\0';
	return p + n;
}

/* Reads the quoted text at p, without its escapes. */
static const char *read_quoted(char out[WORD_MAX], const char *p)
{
	size_t n = 0;

	for (p++; *p && *p != '"'; p++) {
		if (*p == '\\' && p[1])
			p++;
		if (n + 1 >= WORD_MAX)
			return NULL;
		out[n++] = *p;
	}
	out[n] = '\0';
	return *p == '"' ? p + 1 : NULL;
}

/* Reads NAME=VALUE at p; NULL if there is none. */
static const char *read_parameter(char name[WORD_MAX], char value[WORD_MAX],
				  const char *p)
{
	p = read_token(name, p);
	if (!p)
		return NULL;
	p += strspn(p, " \t");
	if (*p++ != '=')
		return NULL;
	p += strspn(p, " \t");
	return *p == '"' ? read_quoted(value, p) : read_token(value, p);
}

static enum oci_scheme scheme_of(const char *word)
{
	if (strcasecmp(word, "bearer") == 0)
		return OCI_SCHEME_BEARER;
	if (strcasecmp(word, "basic") == 0)
		return OCI_SCHEME_BASIC;
	return OCI_SCHEME_NONE;
}

static int set_parameter(struct oci_challenge *c, const char *name,
			 const char *value, struct oci_error *err)
{
	if (strcasecmp(name, "realm") == 0)
		return oci_text_set(&c->realm, value, err);
	if (strcasecmp(name, "service") == 0)
		return oci_text_set(&c->service, value, err);
	return 0;
}

/* Returns whether a challenge is usable and better than another one. */
static bool is_better(const struct oci_challenge *c,
		      const struct oci_challenge *than)
{
	if (c->scheme == OCI_SCHEME_BEARER && !c->realm)
		return false;
	return c->scheme > than->scheme;
}

static void keep_better(struct oci_challenge *best, struct oci_challenge *c)
{
	struct oci_challenge old = *best;

	if (is_better(c, best)) {
		*best = *c;
		*c = old;
	}
	oci_challenge_release(c);
}

/* Reads one header with two buffers for a name and a value. */
static int read_header(struct oci_challenge *best, const char *p,
		       char name[WORD_MAX], char value[WORD_MAX],
		       struct oci_error *err)
{
	struct oci_challenge c = {0};
	int rc = 0;

	for (p = skip(p); !rc && *p; p = skip(p)) {
		const char *after = read_parameter(name, value, p);

		if (after) {
			rc = set_parameter(&c, name, value, err);
			p = after;
			continue;
		}
		keep_better(best, &c);
		p = read_token(name, p);
		/* A syntax error: the rest of the header is ignored. But a
		 * word that ends in "=" and a comma is a token of an unknown
		 * scheme. */
		if (p && *p == '=' && p[strspn(p, "=")] == ',') {
			p += strspn(p, "=");
			continue;
		}
		if (!p || *p == '=') {
			oci_challenge_release(&c);
			return 0;
		}
		c.scheme = scheme_of(name);
	}
	if (!rc)
		keep_better(best, &c);
	oci_challenge_release(&c);
	return rc;
}

int oci_challenge_choose(struct oci_challenge *out,
			 const struct oci_http_response *response,
			 struct oci_error *err)
{
	char name[WORD_MAX], value[WORD_MAX];
	size_t position = 0;
	const char *header;
	int rc = 0;

	*out = (struct oci_challenge){0};
	while (!rc && (header = oci_http_next_header(
			       response, "www-authenticate", &position)))
		rc = read_header(out, header, name, value, err);
	if (rc)
		oci_challenge_release(out);
	return rc;
}

void oci_challenge_release(struct oci_challenge *challenge)
{
	free(challenge->realm);
	free(challenge->service);
	*challenge = (struct oci_challenge){0};
}
