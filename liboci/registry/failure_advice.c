/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns the answer of a registry into an error: registry, object, status, the
 * registry's message, and advice for known cases.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "document/token.h"
#include "registry/client.h"

struct hint {
	long status;	   /* 0: any */
	const char *host;  /* NULL: any */
	const char *words; /* part of the registry's message; NULL: any */
	const char *hint;
};

/* The first match is used. The messages of GHCR are from users' reports. */
static const struct hint hints[] = {
	{ 0, "ghcr.io", "installation not allowed to",
	  "give the workflow 'permissions: packages: write'" },
	{ 0, "ghcr.io", "write_package",
	  "link the package to this repository and give it Actions write "
	  "access (package settings), or use a classic token with "
	  "write:packages" },
	{ 403, "ghcr.io", "secondary rate limit",
	  "GitHub limits requests: wait a few minutes" },
	{ 403, "ghcr.io", NULL,
	  "ghcr.io takes classic tokens and GITHUB_TOKEN, no fine-grained "
	  "ones; an expired token is refused even for public images" },
	{ 403, NULL, NULL, "the account may not do this: check its rights" },
	{ 404, NULL, NULL,
	  "check the name; private images look like this "
	  "without logging in" },
	{ 407, NULL, NULL,
	  "the proxy wants a name and a password: check its "
	  "address in the environment" },
	{ 429, NULL, NULL, "too many requests: wait, or log in" },
};

static const char *find_hint(const struct oci_client *client, long status,
			     const char *message)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const struct hint *h = &hints[i];

		if (h->status && h->status != status)
			continue;
		if (h->host && strcmp(h->host, client->host) != 0)
			continue;
		if (!h->words || strstr(message, h->words))
			return h->hint;
	}
	return NULL;
}

enum { HINT_ROOM = OCI_REFERENCE_NAME + 120, CHUNK_LEAST = 64 * 1024 };

/* Suggests half of the refused size or less, a power of two. */
static void hint_size(char out[HINT_ROOM], uint64_t refused)
{
	uint64_t size = CHUNK_LEAST;

	if (refused <= CHUNK_LEAST) {
		snprintf(out, HINT_ROOM,
			 "the body had %llu bytes: raise "
			 "the limit of the registry, or of the proxy before it",
			 (unsigned long long)refused);
		return;
	}
	while (size * 4 <= refused && size < 4 * 1024 * 1024)
		size *= 2;
	if (size >= 1024 * 1024)
		snprintf(out, HINT_ROOM, "try --chunk-size %lluMiB",
			 (unsigned long long)size >> 20);
	else
		snprintf(out, HINT_ROOM, "try --chunk-size %lluKiB",
			 (unsigned long long)size >> 10);
}

static bool is_http_to_https(const char *message)
{
	return strstr(message, "HTTP request to an HTTPS server") ||
	       strstr(message, "HTTP request was sent to HTTPS port") ||
	       strstr(message, "plain HTTP to an SSL-enabled");
}

/* Hints that depend on more than the registry's message. */
static bool make_hint(char out[HINT_ROOM], const struct oci_client *client,
		      const char *what, const char *message,
		      const struct oci_http_response *response)
{
	if (response->status == 401 && response->with_password)
		snprintf(out, HINT_ROOM,
			 "the user name or the password is "
			 "wrong: log in again with 'oci-pack login %.255s'",
			 client->host);
	else if (response->status == 401)
		snprintf(out, HINT_ROOM, "log in with 'oci-pack login %.255s'",
			 client->host);
	else if (response->status == 413 &&
		 strncmp(what, "push manifest", 13) == 0)
		snprintf(out, HINT_ROOM,
			 "the manifest is too large for it: "
			 "make it smaller, with fewer annotations or layers");
	else if (response->status == 413)
		hint_size(out, response->sent);
	else if (response->status == 400 && is_http_to_https(message))
		snprintf(out, HINT_ROOM,
			 oci_client_is_plain(client)
				 ? "it speaks https: leave --plain-http out"
				 : "it speaks https: name its authority with "
				   "--ca-file");
	else
		return false;
	return true;
}

static enum oci_status status_of(long status)
{
	return status == 404 ? OCI_E_NOT_FOUND : OCI_E_SYSTEM;
}

int oci_client_fail(const struct oci_client *client, const char *what,
		    const struct oci_http_response *response,
		    struct oci_error *err)
{
	char *code, *message, made[HINT_ROOM];
	const char *hint = made;
	int rc = oci_answer_parse(&code, &message,
				  response->text ? response->text : "",
				  response->text_size, err);

	if (rc)
		return rc;
	if (!make_hint(made, client, what, message, response))
		hint = find_hint(client, response->status, message);
	rc = oci_fail(err, status_of(response->status),
		      "registry %s%s%s: %s: status %ld%s%s%s%.400s%s%s",
		      client->host, *client->repository ? ", repository " : "",
		      client->repository, what, response->status,
		      *code ? " " : "", code, *message ? ": " : "", message,
		      hint ? "; " : "", hint ? hint : "");
	free(code);
	free(message);
	return rc;
}

bool oci_client_said(const struct oci_http_response *response, const char *code)
{
	char *said, *message;
	bool same;

	if (oci_answer_parse(&said, &message,
			     response->text ? response->text : "",
			     response->text_size, NULL))
		return false;
	same = strcmp(said, code) == 0;
	free(said);
	free(message);
	return same;
}
