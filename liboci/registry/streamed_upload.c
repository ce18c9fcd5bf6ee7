/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/streamed_upload.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "io/digest.h"
#include "io/file.h"
#include "registry/upload.h"

/* Smaller blobs are complete before the registry has answered. */
enum { LEAST = 1024 * 1024 };

/* One streamed upload. All pointers are borrowed. */
struct stream {
	struct oci_session *session;
	struct oci_streaming *shared;
	struct oci_client *client;
	struct oci_spool *spool;
	struct oci_transfer *transfer;
};

void oci_streaming_init(struct oci_streaming *out, const atomic_bool *stop)
{
	*out = (struct oci_streaming){ .stop = stop };
	pthread_mutex_init(&out->lock, NULL);
}

void oci_streaming_release(struct oci_streaming *streaming)
{
	pthread_mutex_destroy(&streaming->lock);
	oci_strings_release(&streaming->heads);
}

/* Returns whether no earlier upload began with the same bytes. */
static bool begins_anew(const struct stream *s)
{
	struct oci_streaming *shared = s->shared;
	struct oci_digest digest;
	char *head = malloc(LEAST);
	bool anew = false;
	size_t got;

	if (head &&
	    oci_file_read_at(&got, s->spool->fd, head, LEAST, 0, NULL) == 0 &&
	    oci_digest_data(&digest, head, got, NULL) == 0) {
		pthread_mutex_lock(&shared->lock);
		anew = !oci_strings_has(&shared->heads, digest.text) &&
		       oci_strings_add(&shared->heads, digest.text, NULL) == 0;
		pthread_mutex_unlock(&shared->lock);
	}
	free(head);
	return anew;
}

static bool fits(const struct stream *s)
{
	struct oci_streaming *shared = s->shared;
	bool out;

	pthread_mutex_lock(&shared->lock);
	if (!shared->asked)
		shared->fits = oci_repository_is_empty(s->client);
	shared->asked = true;
	out = shared->fits;
	pthread_mutex_unlock(&shared->lock);
	return out;
}

static void stop_streaming(struct oci_streaming *shared)
{
	pthread_mutex_lock(&shared->lock);
	shared->fits = false;
	pthread_mutex_unlock(&shared->lock);
}

/* Returns whether the answer to the PATCH says that all bytes have arrived. */
static bool has_all(const struct stream *s,
		    const struct oci_http_response *response)
{
	const char *range = oci_http_header(response, "range");
	uint64_t has;

	if (response->status != 202 && response->status != 201 &&
	    response->status != 204)
		return false;
	return oci_spool_wait_end(s->spool) &&
	       (!range ||
		(oci_session_range(&has, range) && has == s->spool->size));
}

/* Returns when the spool has ended and is sent. */
static int send_body(const struct stream *s, struct oci_error *err)
{
	struct oci_session *session = s->session;
	struct oci_strings headers = { 0 };
	struct oci_http_response response = { 0 };
	struct oci_call call = {
		.method = "PATCH",
		.url = session->location,
		.headers = &headers,
		.body = &s->spool->base,
		.body_size = OCI_HTTP_UNKNOWN,
		.ready = oci_spool_ready,
		.transfer = s->transfer,
		.actions = "pull,push",
		.once = true,
	};
	char *url = NULL;
	int rc = oci_strings_add(&headers,
				 "Content-Type: application/octet-stream", err);

	if (!rc)
		rc = oci_client_call(&response, &url, s->client, &call, err);
	session->whole = !rc && has_all(s, &response);
	if (!rc)
		rc = oci_session_move(session, s->client, url, &response, err);
	oci_http_response_release(&response);
	oci_strings_release(&headers);
	free(url);
	return rc;
}

void oci_streamed_upload(struct oci_session *out,
			 struct oci_streaming *streaming,
			 struct oci_client *client,
			 struct oci_transfer *transfer)
{
	struct oci_spool *spool = transfer->spool;
	const struct stream s = { out, streaming, client, spool, transfer };
	int rc;

	if (!oci_spool_wait_size(spool, LEAST) ||
	    atomic_load(streaming->stop) || !fits(&s) || !begins_anew(&s))
		return;
	rc = oci_session_open(out, client, "push a blob", NULL);
	if (!rc)
		rc = send_body(&s, NULL);
	if (!rc && out->whole)
		return;
	if (oci_spool_wait_size(spool, LEAST))
		stop_streaming(streaming);
	oci_session_abandon(out, client);
}
