/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repeats a call until its answer is final: answers challenges, follows
 * redirects, and retries temporary failures. All calls to the registry share
 * the pauses after "too many requests" (429).
 */
#include "registry/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "registry/clock.h"
#include "registry/retry.h"
#include "registry/transfer.h"
#include "registry/url.h"

enum {
	REDIRECTS_MAX = 10,
	LOGINS_MAX = 2,
	LARGE_BODY = 8 * 1024 * 1024 /* takes long on slow connections */
};

/* The state of one call. */
struct trip {
	struct oci_client *client;
	const struct oci_call *call;
	struct oci_http_response *response;
	char *url;		/* URL of the next request */
	char *sent;		/* its Authorization header; or NULL */
	unsigned logins;	/* challenges that were answered */
	unsigned redirects;
	unsigned attempts;
};

static int build_headers(struct oci_strings *out, struct trip *trip,
			 struct oci_error *err)
{
	const struct oci_strings *more = trip->call->headers;
	int rc = 0;

	for (size_t i = 0; !rc && more && i < more->count; i++)
		rc = oci_strings_add(out, more->items[i], err);
	oci_text_wipe(trip->sent);
	trip->sent = NULL;
	/* Only the registry itself gets credentials. */
	if (!rc && oci_url_same_origin(trip->url, trip->client->base))
		rc = oci_auth_header(&trip->sent, trip->client, trip->call,
				     err);
	if (!rc && trip->sent)
		rc = oci_strings_add(out, trip->sent, err);
	return rc;
}

static void log_exchange(const struct trip *trip, int rc,
			 const struct oci_error *why)
{
	char *plain = NULL;

	if (!trip->client->registry->options.log ||
	    oci_url_plain(&plain, trip->url, NULL))
		return;
	if (rc)
		oci_client_log(trip->client->registry, "%s %s: %s",
			       trip->call->method, plain, why->message);
	else
		oci_client_log(trip->client->registry, "%s %s: %ld",
			       trip->call->method, plain,
			       trip->response->status);
	free(plain);
}

static int send_once(struct trip *trip, struct oci_error *err)
{
	const struct oci_call *call = trip->call;
	struct oci_http_request request = {
		.method = call->method,
		.url = trip->url,
		.body = call->body,
		.body_size = call->body_size,
		.ready = call->ready,
		.sink = call->sink,
		.text_max = call->text_max,
		.always = call->always,
		.insecure = oci_client_is_insecure(trip->client, trip->url),
		.public_only =
			!oci_client_may_be_private(trip->client, trip->url),
		.progress = call->transfer ? oci_transfer_sent : NULL,
		.progress_data = call->transfer,
	};
	struct oci_strings headers = {0};
	struct oci_error why;
	int rc = build_headers(&headers, trip, err);

	if (!rc)
		rc = oci_client_trust(&request, trip->client, err);
	if (!rc && call->body)
		rc = oci_source_rewind(call->body, err);
	request.headers = &headers;
	oci_http_response_release(trip->response);
	if (!rc) {
		rc = oci_http_send(trip->response,
				   trip->client->registry->http, &request,
				   &why);
		trip->response->with_password =
			trip->sent && strstr(trip->sent, ": Basic ");
		trip->response->sent = call->body_size == OCI_HTTP_UNKNOWN
					       ? 0
					       : call->body_size;
		log_exchange(trip, rc, &why);
		oci_client_record_address(trip->client, trip->url,
					  trip->response);
		if (oci_url_same_origin(trip->url, trip->client->base))
			oci_client_warn(trip->client, trip->response);
		if (rc && err)
			*err = why;
		rc = oci_client_name_host(trip->client, trip->url, rc, err);
	}
	oci_strings_wipe(&headers);
	return rc;
}

static bool is_redirect(const struct trip *trip)
{
	long status = trip->response->status;

	if (trip->call->no_redirect)
		return false;
	if (status == 307 || status == 308)
		return true;
	/* These statuses turn other methods into GET, which would be wrong. */
	return (status == 301 || status == 302 || status == 303) &&
	       (strcmp(trip->call->method, "GET") == 0 ||
		strcmp(trip->call->method, "HEAD") == 0);
}

static int follow(struct trip *trip, struct oci_error *err)
{
	const char *location = oci_http_header(trip->response, "location");
	char *next;
	int rc;

	if (!location)
		return oci_fail(err, OCI_E_INVALID,
				"a redirect without a Location");
	if (++trip->redirects > REDIRECTS_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"more than %d redirects", REDIRECTS_MAX);
	rc = oci_url_resolve(&next, trip->url, location, err);
	if (!rc)
		rc = oci_client_check_location(trip->client, trip->url, next,
					       err);
	if (rc) {
		free(next);
		return rc;
	}
	free(trip->url);
	trip->url = next;
	return 0;
}

/* Waits until the end of a pause that another call has set. */
static int wait_for_all(struct oci_registry *registry, struct oci_error *err)
{
	int64_t until;

	pthread_mutex_lock(&registry->lock);
	until = registry->busy_until;
	pthread_mutex_unlock(&registry->lock);
	return oci_client_wait(registry, until - oci_clock(), err);
}

static int back_off(struct trip *trip, bool for_all, int64_t milliseconds,
		    struct oci_error *err)
{
	struct oci_registry *registry = trip->client->registry;
	int64_t until = oci_clock() + milliseconds;

	oci_client_log(registry, "waiting %lld ms, then again",
		       (long long)milliseconds);
	if (for_all) {
		pthread_mutex_lock(&registry->lock);
		if (registry->busy_until < until)
			registry->busy_until = until;
		pthread_mutex_unlock(&registry->lock);
	}
	return oci_client_wait(registry, milliseconds, err);
}

/* Decides whether another attempt may help, and waits before it. */
static int try_again(bool *again, struct trip *trip, int failed,
		     struct oci_error *err)
{
	int64_t pause = oci_retry_pause(trip->response, trip->attempts);
	bool busy = !failed && trip->response->status == 429;

	*again = !trip->call->once &&
		 trip->attempts < oci_client_retries(trip->client->registry) &&
		 ((failed == OCI_E_SYSTEM &&
		   !trip->response->stream_failed) ||
		  (!failed && oci_retry_status(trip->response)));
	if (!*again)
		return failed;
	trip->attempts++;
	return back_off(trip, busy, pause, err);
}

/* Answers a 401 of the registry itself, at most twice: the token of the first
 * time may have expired meanwhile. */
static int log_in(bool *again, struct trip *trip, struct oci_error *err)
{
	*again = false;
	if (trip->response->status != 401 || trip->logins >= LOGINS_MAX ||
	    !oci_url_same_origin(trip->url, trip->client->base))
		return 0;
	trip->logins++;
	return oci_auth_answer(again, trip->client, trip->call, trip->sent,
			       trip->response, err);
}

static int travel(struct trip *trip, struct oci_error *err)
{
	bool again;
	int rc, failed;

	do {
		rc = trip->call->always ? 0 :
		     wait_for_all(trip->client->registry, err);
		if (rc)
			return rc;
		if (trip->call->body_size >= LARGE_BODY &&
		    oci_url_same_origin(trip->url, trip->client->base))
			oci_auth_renew(trip->client, trip->call);
		failed = send_once(trip, err);
		again = false;
		if (!failed && is_redirect(trip)) {
			rc = follow(trip, err);
			again = true;
			continue;
		}
		if (!failed)
			rc = log_in(&again, trip, err);
		if (!rc && !again)
			rc = try_again(&again, trip, failed, err);
	} while (!rc && again);
	return rc;
}

static int start_url(char **out, const struct oci_client *client,
		     const struct oci_call *call, struct oci_error *err)
{
	if (call->url[0] == '/')
		return oci_url_resolve(out, client->base, call->url, err);
	return oci_text_copy(out, call->url, err);
}

int oci_client_call(struct oci_http_response *out, char **url,
		    struct oci_client *client, const struct oci_call *call,
		    struct oci_error *err)
{
	struct trip trip = {
		.client = client, .call = call, .response = out,
	};
	int rc = start_url(&trip.url, client, call, err);

	*out = (struct oci_http_response){0};
	if (!rc)
		rc = travel(&trip, err);
	if (url) {
		*url = rc ? NULL : trip.url;
		trip.url = rc ? trip.url : NULL;
	}
	free(trip.url);
	oci_text_wipe(trip.sent);
	return rc;
}

int oci_client_check_location(const struct oci_client *client,
			      const char *from, const char *to,
			      struct oci_error *err)
{
	if (oci_url_is_https(from) && !oci_url_is_https(to))
		return oci_fail(err, OCI_E_INVALID,
				"registry %s leads from https to http: "
				"refused", client->host);
	if (oci_url_is_private(to) && !oci_client_may_be_private(client, to))
		return oci_fail(err, OCI_E_INVALID,
				"registry %s leads to a private address: "
				"refused", client->host);
	return 0;
}
