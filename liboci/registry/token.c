/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token servers: distribution's "Token Authentication Specification" (GET) and
 * "OAuth2 Token Authentication" (POST, for identity tokens). The registry
 * chooses the realm, so this file checks whether it may get the credentials.
 */
#include "registry/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "registry/owner.h"
#include "registry/retry.h"
#include "registry/url.h"

enum { TEXT_ROOM = 64 * 1024 };

/* Credentials are sent only to hosts of the registry's owner or hosts that the
 * user allowed, and over plain http only to the registry's own host, for which
 * the user chose plain http. All loopback addresses count as one host. */
static int check_owner(const struct oci_client *client, const char *realm,
		       const char *host, struct oci_error *err)
{
	if (oci_url_is_loopback(realm) && oci_url_is_loopback(client->base))
		return 0;
	/* GitLab has its registry and token server on two ports. */
	if (oci_url_same_host(realm, client->base))
		return 0;
	if (!oci_owner_trusts(client, host))
		return oci_fail(err, OCI_E_INVALID,
				"it wants its credentials sent to '%s', "
				"another host: they were not; if that host is "
				"right, allow it with --token-host %s=%s",
				host, client->host, host);
	if (!oci_url_is_https(realm))
		return oci_fail(err, OCI_E_INVALID,
				"it wants its credentials sent to '%s' over "
				"plain http, another host: they were not",
				host);
	return 0;
}

/*
 * Checks a realm: it has to be https unless the registry is plain, must not be
 * private if the registry is public, and has to pass check_owner if it gets
 * credentials.
 */
static int check_realm(const struct oci_client *client, const char *realm,
		       bool credentials, struct oci_error *err)
{
	char *host = NULL;
	int rc = 0;

	if (!oci_url_is_https(realm) && oci_url_is_https(client->base))
		rc = oci_fail(err, OCI_E_INVALID,
			      "it asks for a token over plain http");
	else if (oci_url_is_private(realm) &&
		 !oci_client_may_be_private(client, realm))
		rc = oci_fail(err, OCI_E_INVALID, "it asks for a token at a "
			      "private address");
	if (!rc)
		rc = oci_url_host(&host, realm, err);
	if (!rc && credentials)
		rc = check_owner(client, realm, host, err);
	free(host);
	return rc ? oci_wrap(err, rc, "registry %s", client->host) : 0;
}

static int add_scope(char **url, const char *repository, const char *actions,
		     struct oci_error *err)
{
	char scope[OCI_REFERENCE_NAME + 64];
	char *longer;
	int rc;

	snprintf(scope, sizeof(scope), "repository:%s:%s", repository,
		 actions);
	rc = oci_url_add(&longer, *url, "scope", scope, err);
	if (rc)
		return rc;
	free(*url);
	*url = longer;
	return 0;
}

static int token_url(char **out, const struct oci_client *client,
		     const struct oci_challenge *challenge,
		     const struct oci_call *call, struct oci_error *err)
{
	char *longer;
	int rc = oci_url_resolve(out, client->base, challenge->realm, err);

	if (!rc && challenge->service) {
		rc = oci_url_add(&longer, *out, "service", challenge->service,
				 err);
		if (!rc) {
			free(*out);
			*out = longer;
		}
	}
	if (!rc && *call->actions)
		rc = add_scope(out, client->repository, call->actions, err);
	if (!rc && call->mount_from)
		rc = add_scope(out, call->mount_from, "pull", err);
	if (rc) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

static int send(struct oci_http_response *out, struct oci_client *client,
		struct oci_http_request *request, struct oci_error *err)
{
	char *plain = NULL;
	int rc;

	request->insecure = oci_client_is_insecure(client, request->url);
	request->public_only = !oci_client_may_be_private(client, request->url);
	rc = oci_client_trust(request, client, err);
	if (rc)
		return rc;
	rc = oci_http_send(out, client->registry->http, request, err);

	if (client->registry->options.log &&
	    oci_url_plain(&plain, request->url, NULL) == 0)
		oci_client_log(client->registry, "%s %s: %ld", request->method,
			       plain, out->status);
	free(plain);
	return oci_client_name_host(client, request->url, rc, err);
}

static int get_token(struct oci_http_response *out, struct oci_client *client,
		     const char *url, const char *authorization,
		     struct oci_error *err)
{
	struct oci_http_request request = {
		.method = "GET", .url = url, .text_max = OCI_TOKEN_MAX,
	};
	struct oci_strings headers = {0};
	int rc = oci_strings_add(&headers, "Accept: application/json", err);

	if (!rc && authorization)
		rc = oci_strings_add(&headers, authorization, err);
	request.headers = &headers;
	if (!rc)
		rc = send(out, client, &request, err);
	oci_strings_wipe(&headers);
	return rc;
}

/* Appends NAME=VALUE, encoded, after "&" unless it is first. */
static int add_field(struct oci_buf *out, const char *name, const char *value,
		     struct oci_error *err)
{
	char *pair;
	int rc = oci_url_add(&pair, "", name, value, err);

	if (rc)
		return rc;
	rc = oci_buf_format(out, err, "%s%s", out->len ? "&" : "", pair + 1);
	oci_text_wipe(pair);
	return rc;
}

static int token_form(struct oci_buf *out, const struct oci_client *client,
		      const struct oci_challenge *challenge,
		      const struct oci_call *call, const char *identity_token,
		      struct oci_error *err)
{
	char scope[2 * OCI_REFERENCE_NAME + 128];
	int rc = add_field(out, "grant_type", "refresh_token", err);

	/* RFC 6749, 3.3: scopes are separated by a blank. */
	snprintf(scope, sizeof(scope), "repository:%s:%s%s%s%s",
		 client->repository, call->actions,
		 call->mount_from ? " repository:" : "",
		 call->mount_from ? call->mount_from : "",
		 call->mount_from ? ":pull" : "");
	if (!rc)
		rc = add_field(out, "service", challenge->service ?
						       challenge->service :
						       client->host, err);
	if (!rc)
		rc = add_field(out, "client_id", "oci-pack", err);
	if (!rc && *call->actions)
		rc = add_field(out, "scope", scope, err);
	if (!rc)
		rc = add_field(out, "refresh_token", identity_token, err);
	return rc;
}

/* OAuth2, for identity tokens of a credential helper or of docker login. */
static int post_token(struct oci_http_response *out, struct oci_client *client,
		      const struct oci_call *call,
		      const struct oci_challenge *challenge,
		      const char *identity_token, struct oci_error *err)
{
	struct oci_http_request request = {
		.method = "POST", .text_max = OCI_TOKEN_MAX,
	};
	struct oci_strings headers = {0};
	struct oci_buf form;
	char *url = NULL;
	int rc = oci_url_resolve(&url, client->base, challenge->realm, err);

	oci_buf_init(&form, TEXT_ROOM);
	if (!rc)
		rc = token_form(&form, client, challenge, call,
				identity_token, err);
	if (!rc)
		rc = oci_strings_add(&headers, "Content-Type: application/"
				     "x-www-form-urlencoded", err);
	if (!rc)
		rc = oci_source_open_memory(&request.body, form.data,
					    form.len, err);
	request.url = url;
	request.body_size = form.len;
	request.headers = &headers;
	if (!rc)
		rc = send(out, client, &request, err);
	oci_source_free(request.body);
	oci_strings_release(&headers);
	oci_buf_wipe(&form);
	free(url);
	return rc;
}

/* The answers of token servers that do not support OAuth2. */
static bool wants_get(const struct oci_http_response *response)
{
	return response->status == 400 || response->status == 401 ||
	       response->status == 404 || response->status == 405;
}

static int fetch_once(struct oci_http_response *out, struct oci_client *client,
		      const struct oci_call *call,
		      const struct oci_challenge *challenge, const char *url,
		      const char *identity_token, const char *basic,
		      struct oci_error *err)
{
	int rc = 0;

	oci_http_response_release(out);
	if (identity_token)
		rc = post_token(out, client, call, challenge, identity_token,
				err);
	if (!rc && (!identity_token || wants_get(out))) {
		oci_http_response_release(out);
		rc = get_token(out, client, url, basic, err);
	}
	return rc;
}

int oci_token_fetch(struct oci_http_response *out, struct oci_client *client,
		    const struct oci_call *call,
		    const struct oci_challenge *challenge,
		    const char *identity_token, const char *basic,
		    struct oci_error *err)
{
	unsigned retries = oci_client_retries(client->registry);
	char *url = NULL;
	int rc = token_url(&url, client, challenge, call, err);

	*out = (struct oci_http_response){0};
	if (!rc)
		rc = check_realm(client, url, basic || identity_token, err);
	for (unsigned i = 0; !rc; i++) {
		rc = fetch_once(out, client, call, challenge, url,
				identity_token, basic, err);
		if (i >= retries ||
		    (rc != OCI_E_SYSTEM && (rc || !oci_retry_status(out))))
			break;
		rc = oci_client_wait(client->registry,
				     oci_retry_pause(out, i), err);
	}
	free(url);
	return rc;
}
