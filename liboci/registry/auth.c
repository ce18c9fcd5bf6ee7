/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authentication: Basic, or a token from the realm of a challenge.
 * distribution's "Token Authentication Specification" and "OAuth2 Token
 * Authentication". The scopes are made here and not taken from the challenge,
 * because some registries send a placeholder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "document/token.h"
#include "registry/challenge.h"
#include "registry/client.h"
#include "registry/clock.h"
#include "registry/token.h"

enum {
	TEXT_ROOM = 64 * 1024,
	EXPIRY_LEAST = 60,    /* the specification's default */
	EXPIRY_MARGIN = 10,   /* a token is renewed this early; seconds */
	UPLOAD_SECONDS = 240, /* least lifetime before a large body is sent */
	FRESH_SECONDS = 2     /* a token of at most this age is not renewed */
};

static int key_of(char **out, const struct oci_client *client,
		  const struct oci_call *call, struct oci_error *err)
{
	struct oci_buf buf;
	int rc;

	*out = NULL;
	oci_buf_init(&buf, TEXT_ROOM);
	rc = oci_buf_format(&buf, err, "%s %s %s %s", client->base,
			    client->repository, call->actions,
			    call->mount_from ? call->mount_from : "");
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}

static struct oci_token *find(struct oci_registry *registry, const char *key)
{
	struct oci_token *token = registry->tokens;

	while (token && strcmp(token->key, key) != 0)
		token = token->next;
	return token;
}

int oci_auth_header(char **out, struct oci_client *client,
		    const struct oci_call *call, struct oci_error *err)
{
	const struct oci_token *token;
	char *key;
	int rc = key_of(&key, client, call, err);

	*out = NULL;
	if (rc)
		return rc;
	pthread_mutex_lock(&client->registry->lock);
	token = find(client->registry, key);
	if (token && token->header &&
	    (!token->expires ||
	     token->expires > oci_clock() / 1000 + EXPIRY_MARGIN))
		rc = oci_text_copy(out, token->header, err);
	pthread_mutex_unlock(&client->registry->lock);
	free(key);
	return rc;
}

/* Records where the token can be renewed; without memory, it cannot. */
static void remember_realm(struct oci_token *token,
			   const struct oci_challenge *challenge)
{
	token->issued = oci_clock() / 1000;
	if (oci_text_set(&token->realm, challenge->realm, NULL) ||
	    oci_text_set(&token->service, challenge->service, NULL))
		oci_text_set(&token->realm, NULL, NULL);
}

/* Takes ownership of header. */
static int remember(struct oci_client *client, const struct oci_call *call,
		    const struct oci_challenge *challenge, char *header,
		    int64_t seconds, struct oci_error *err)
{
	struct oci_registry *registry = client->registry;
	struct oci_token *token;
	char *key;
	int rc = key_of(&key, client, call, err);

	if (rc) {
		oci_text_wipe(header);
		return rc;
	}
	pthread_mutex_lock(&registry->lock);
	token = find(registry, key);
	if (!token) {
		token = calloc(1, sizeof(*token));
		if (token) {
			token->next = registry->tokens;
			registry->tokens = token;
			token->key = key;
			key = NULL;
		}
	}
	if (token) {
		oci_text_wipe(token->header);
		token->header = header;
		token->expires = seconds ? oci_clock() / 1000 + seconds : 0;
		remember_realm(token, challenge);
	}
	pthread_mutex_unlock(&registry->lock);
	free(key);
	if (token)
		return 0;
	oci_text_wipe(header);
	return oci_fail_nomem(err);
}

void oci_auth_free(struct oci_registry *registry)
{
	struct oci_token *token = registry->tokens;

	while (token) {
		struct oci_token *next = token->next;

		free(token->key);
		oci_text_wipe(token->header);
		free(token->realm);
		free(token->service);
		free(token);
		token = next;
	}
	registry->tokens = NULL;
}

/* If a helper fails or hangs, it is not asked again: other threads wait for its
 * answer under the lock, and get the same error. */
static int find_credential(struct oci_credential *out,
			   struct oci_client *client, struct oci_error *err)
{
	struct oci_registry *registry = client->registry;
	int rc = 0;

	*out = (struct oci_credential){0};
	pthread_mutex_lock(&registry->lock);
	if (registry->no_credential &&
	    strcmp(registry->failed_host, client->host) == 0) {
		if (err)
			*err = registry->why;
		rc = registry->no_credential;
	} else if (registry->options.credential) {
		rc = registry->options.credential(
			registry->options.credential_data, out, client->host,
			client->repository, &registry->why);
		registry->no_credential = rc;
		snprintf(registry->failed_host, sizeof(registry->failed_host),
			 "%s", client->host);
		if (rc && err)
			*err = registry->why;
	}
	pthread_mutex_unlock(&registry->lock);
	return rc;
}

static int basic_header(char **out, const struct oci_credential *credential,
			struct oci_error *err)
{
	struct oci_buf pair, header;
	char *encoded = NULL;
	int rc;

	*out = NULL;
	oci_buf_init(&pair, TEXT_ROOM);
	oci_buf_init(&header, 2 * TEXT_ROOM);
	rc = oci_buf_format(&pair, err, "%s:%s", credential->user,
			    credential->password);
	if (!rc)
		rc = oci_base64_encode(&encoded, pair.data, pair.len, err);
	if (!rc)
		rc = oci_buf_format(&header, err, "Authorization: Basic %s",
				    encoded);
	if (!rc)
		rc = oci_buf_detach(out, &header, err);
	oci_text_wipe(encoded);
	oci_buf_wipe(&pair);
	oci_buf_wipe(&header);
	return rc;
}

static int keep_token(struct oci_client *client, const struct oci_call *call,
		      const struct oci_challenge *challenge,
		      const struct oci_http_response *response,
		      struct oci_error *err)
{
	char *token = NULL, *header = NULL;
	struct oci_buf buf;
	int64_t seconds;
	int rc = oci_token_parse(&token, &seconds, response->text,
				 response->text_size, err);

	if (rc)
		return oci_wrap(err, rc, "registry %s: token", client->host);
	oci_buf_init(&buf, OCI_TOKEN_MAX + 64);
	rc = oci_buf_format(&buf, err, "Authorization: Bearer %s", token);
	if (!rc)
		rc = oci_buf_detach(&header, &buf, err);
	oci_buf_wipe(&buf);
	oci_text_wipe(token);
	if (rc)
		return rc;
	return remember(client, call, challenge, header,
			seconds < EXPIRY_LEAST ? EXPIRY_LEAST : seconds, err);
}

static int fetch_token(struct oci_client *client, const struct oci_call *call,
		       const struct oci_challenge *challenge,
		       const struct oci_credential *credential,
		       struct oci_error *err)
{
	bool known = credential->user && credential->password;
	struct oci_http_response response = {0};
	char *basic = NULL;
	int rc = known ? basic_header(&basic, credential, err) : 0;

	if (!rc)
		rc = oci_token_fetch(&response, client, call, challenge,
				     credential->identity_token, basic, err);
	response.with_password = known;
	if (!rc && response.status != 200)
		rc = oci_client_fail(client, known ? "log in" :
				     "get a token without logging in",
				     &response, err);
	else if (!rc)
		rc = keep_token(client, call, challenge, &response, err);
	oci_text_wipe(response.text);
	response.text = NULL;
	oci_http_response_release(&response);
	oci_text_wipe(basic);
	return rc;
}

static int use_basic(bool *again, struct oci_client *client,
		     const struct oci_call *call,
		     const struct oci_challenge *challenge,
		     const struct oci_credential *credential,
		     struct oci_error *err)
{
	char *header;
	int rc;

	*again = credential->user && credential->password;
	if (!*again)
		return 0;
	rc = basic_header(&header, credential, err);
	return rc ? rc : remember(client, call, challenge, header,
				   0, err);
}

/* Uses a registry token, which needs no token server. */
static int use_token(struct oci_client *client, const struct oci_call *call,
		     const struct oci_challenge *challenge, const char *token,
		     struct oci_error *err)
{
	struct oci_buf buf;
	char *header = NULL;
	int rc;

	oci_buf_init(&buf, OCI_TOKEN_MAX + 64);
	rc = oci_buf_format(&buf, err, "Authorization: Bearer %s", token);
	if (!rc)
		rc = oci_buf_detach(&header, &buf, err);
	oci_buf_wipe(&buf);
	return rc ? rc : remember(client, call, challenge, header, 0, err);
}

static int answer(bool *again, struct oci_client *client,
		  const struct oci_call *call,
		  const struct oci_http_response *response,
		  struct oci_error *err)
{
	struct oci_credential credential = {0};
	struct oci_challenge challenge;
	int rc = oci_challenge_choose(&challenge, response, err);

	*again = false;
	if (!rc && challenge.scheme != OCI_SCHEME_NONE)
		rc = find_credential(&credential, client, err);
	if (!rc && challenge.scheme == OCI_SCHEME_BASIC)
		rc = use_basic(again, client, call, &challenge, &credential,
			       err);
	/* Sending the same password again could lock the account. */
	if (challenge.scheme == OCI_SCHEME_BASIC && response->with_password)
		*again = false;
	if (!rc && challenge.scheme == OCI_SCHEME_BEARER) {
		rc = credential.registry_token
			     ? use_token(client, call, &challenge,
					 credential.registry_token, err)
			     : fetch_token(client, call, &challenge,
					   &credential, err);
		*again = rc == 0;
	}
	oci_credential_release(&credential);
	oci_challenge_release(&challenge);
	return rc;
}

int oci_auth_answer(bool *again, struct oci_client *client,
		    const struct oci_call *call, const char *sent,
		    const struct oci_http_response *response,
		    struct oci_error *err)
{
	char *now = NULL;
	int rc;

	/* If many requests are refused at once, one of them fetches a token,
	 * and the others use it. */
	pthread_mutex_lock(&client->registry->login);
	rc = oci_auth_header(&now, client, call, err);
	*again = !rc && now && (!sent || strcmp(now, sent) != 0);
	if (!rc && !*again)
		rc = answer(again, client, call, response, err);
	pthread_mutex_unlock(&client->registry->login);
	oci_text_wipe(now);
	return rc;
}

/* Finds the token's server, if the token is to be renewed. */
static bool find_realm(struct oci_challenge *out, struct oci_client *client,
		       const char *key)
{
	int64_t now = oci_clock() / 1000;
	const struct oci_token *token;
	int rc = OCI_E_NOT_FOUND;

	*out = (struct oci_challenge){ .scheme = OCI_SCHEME_BEARER };
	pthread_mutex_lock(&client->registry->lock);
	token = find(client->registry, key);
	if (token && token->realm && token->expires &&
	    token->expires - now < UPLOAD_SECONDS &&
	    now - token->issued >= FRESH_SECONDS) {
		rc = oci_text_copy(&out->realm, token->realm, NULL);
		if (!rc)
			rc = oci_text_set(&out->service, token->service, NULL);
	}
	pthread_mutex_unlock(&client->registry->lock);
	return rc == 0;
}

void oci_auth_renew(struct oci_client *client, const struct oci_call *call)
{
	struct oci_credential credential = {0};
	struct oci_challenge challenge;
	char *key;

	if (key_of(&key, client, call, NULL))
		return;
	pthread_mutex_lock(&client->registry->login);
	if (find_realm(&challenge, client, key) &&
	    !find_credential(&credential, client, NULL))
		fetch_token(client, call, &challenge, &credential, NULL);
	pthread_mutex_unlock(&client->registry->login);
	oci_credential_release(&credential);
	oci_challenge_release(&challenge);
	free(key);
}
