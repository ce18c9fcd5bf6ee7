/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a registry said, as an error that names registry and object, with the
 * status, its words, and what to do where we know it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "document/token.h"
#include "registry/client.h"

struct hint {
	long status;		/* 0: any */
	const char *host;	/* NULL: any */
	const char *words;	/* in what it said; NULL: any */
	const char *hint;
};

/* The first that fits. GHCR's texts are from reports of its users. */
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
	{ 401, NULL, NULL, "log in with 'oci-pack login HOST'" },
	{ 403, NULL, NULL, "the account may not do this: check its rights" },
	{ 404, NULL, NULL, "check the name; private images look like this "
			   "without logging in" },
	{ 407, NULL, NULL, "the proxy wants a name and a password: check its "
			   "address in the environment" },
	{ 413, NULL, NULL, "try --chunk-size 4MiB" },
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

static enum oci_status status_of(long status)
{
	return status == 404 ? OCI_E_NOT_FOUND : OCI_E_SYSTEM;
}

int oci_client_fail(const struct oci_client *client, const char *what,
		    const struct oci_http_response *response,
		    struct oci_error *err)
{
	char *code, *message;
	const char *hint;
	int rc = oci_answer_parse(&code, &message,
				  response->text ? response->text : "",
				  response->text_size, err);

	if (rc)
		return rc;
	hint = find_hint(client, response->status, message);
	rc = oci_fail(err, status_of(response->status),
		      "registry %s, repository %s: %s: status %ld%s%s%s%.400s"
		      "%s%s", client->host, client->repository, what,
		      response->status, *code ? " " : "", code,
		      *message ? ": " : "", message, hint ? "; " : "",
		      hint ? hint : "");
	free(code);
	free(message);
	return rc;
}

bool oci_client_said(const struct oci_http_response *response,
		     const char *code)
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
