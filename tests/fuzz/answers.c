/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of registries and token servers: headers and bodies. The first byte
 * chooses the reader; a line is one header. */
#include "base/buf.h"
#include "base/text.h"
#include "document/kind.h"
#include "document/token.h"
#include "registry/challenge.h"
#include "registry/link.h"
#include "registry/retry.h"
#include "registry/session.h"
#include "registry/url.h"
#include "target.h"

/* Adds each line of text, which is changed, as a header of that name. */
static void add_headers(struct oci_http_response *out, const char *name,
			char *text)
{
	char *line, *rest;

	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *header;

		target_check(!oci_format(&header, SIZE_MAX / 2, NULL, "%s: %s",
					 name, line));
		target_check(!oci_strings_add(&out->headers, header, NULL));
		free(header);
	}
}

static void try_challenge(char *text)
{
	struct oci_http_response response = { 0 };
	struct oci_challenge challenge;

	add_headers(&response, "www-authenticate", text);
	if (!oci_challenge_choose(&challenge, &response, NULL)) {
		target_check(challenge.scheme != OCI_SCHEME_BEARER ||
			     challenge.realm);
		oci_challenge_release(&challenge);
	}
	oci_http_response_release(&response);
}

static void try_link(char *text)
{
	struct oci_http_response response = { 0 };
	char *next;

	add_headers(&response, "link", text);
	if (!oci_link_next(&next, &response, NULL))
		free(next);
	oci_http_response_release(&response);
}

static void try_range(char *text)
{
	struct oci_http_response response = { .status = 403, .text = text };
	uint64_t bytes;
	int64_t pause;

	oci_retry_status(&response);
	response.text = NULL;
	if (oci_session_range(&bytes, text))
		target_check(bytes > 0 && bytes <= INT64_MAX);
	add_headers(&response, "retry-after", text);
	pause = oci_retry_pause(&response, 3);
	target_check(pause >= 0 && pause <= 60000);
	oci_http_response_release(&response);
}

/* A URL that oci_url_resolve made resolves to itself, and has an origin. */
static void check_url(const char *url)
{
	char *again, *host, *plain, *longer;
	unsigned port;

	target_check(!oci_url_resolve(&again, url, url, NULL));
	target_check(strcmp(again, url) == 0);
	free(again);
	target_check(oci_url_same_origin(url, url));
	target_check(!oci_url_plain(&plain, url, NULL));
	target_check(!strpbrk(plain, "?#"));
	free(plain);
	if (!oci_url_host(&host, url, NULL))
		free(host);
	if (!oci_url_endpoint(&host, &port, url, NULL)) {
		target_check(port < 65536);
		free(host);
	}
	oci_url_is_private(url);
	oci_url_is_loopback(url);
	if (!oci_url_add(&longer, url, "digest", "sha256:a b", NULL)) {
		target_check(oci_url_same_origin(url, longer));
		free(longer);
	}
}

/* The first line is the URL of the request, the second its Location. */
static void try_url(char *text)
{
	const char *base = "https://registry.example/v2/a/blobs/uploads/";
	const char *location = text;
	char *url, *end = strchr(text, '\n');

	if (end) {
		*end = '\0';
		base = text;
		location = end + 1;
	}
	oci_url_same_host(base, location);
	if (!oci_url_resolve(&url, base, location, NULL)) {
		check_url(url);
		free(url);
	}
}

static void try_bodies(char *text, size_t size)
{
	struct oci_strings tags = { 0 };
	const char *kind;
	char *token;
	int64_t seconds;

	if (!oci_token_parse(&token, &seconds, text, size, NULL)) {
		target_check(token[0] && seconds >= 0);
		free(token);
	}
	oci_tags_parse(&tags, text, size, NULL);
	oci_strings_release(&tags);
	oci_document_kind(&kind, text, size, NULL);
}

static void try_error(char *text, size_t size)
{
	char *code, *message;

	if (!oci_answer_parse(&code, &message, text, size, NULL)) {
		free(code);
		free(message);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = target_text(data + 1, size - 1);
	switch (data[0] % 6) {
	case 0:
		try_challenge(text);
		break;
	case 1:
		try_link(text);
		break;
	case 2:
		try_range(text);
		break;
	case 3:
		try_url(text);
		break;
	case 4:
		try_bodies(text, size - 1);
		break;
	case 5:
		try_error(text, strlen(text));
		break;
	}
	free(text);
	return 0;
}
