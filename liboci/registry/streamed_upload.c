/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/streamed_upload.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "io/digest.h"
#include "io/file.h"
#include "registry/upload.h"

/* What is smaller is made before the registry has answered. */
enum { LEAST = 1024 * 1024 };

void oci_streaming_init(struct oci_streaming *out, sem_t *room,
			const atomic_bool *stop)
{
	*out = (struct oci_streaming){ .room = room, .stop = stop };
	pthread_mutex_init(&out->lock, NULL);
}

void oci_streaming_release(struct oci_streaming *growth)
{
	pthread_mutex_destroy(&growth->lock);
	oci_strings_release(&growth->heads);
}

/* Whether no other one began with the same bytes. */
static bool begins_anew(struct oci_streamed_upload *self)
{
	struct oci_streaming *growth = self->growth;
	struct oci_digest digest;
	char *head = malloc(LEAST);
	bool anew = false;
	size_t got;

	if (head &&
	    oci_file_read_at(&got, self->spool->fd, head, LEAST, 0, NULL) ==
		    0 &&
	    oci_digest_data(&digest, head, got, NULL) == 0) {
		pthread_mutex_lock(&growth->lock);
		anew = !oci_strings_has(&growth->heads, digest.text) &&
		       oci_strings_add(&growth->heads, digest.text, NULL) == 0;
		pthread_mutex_unlock(&growth->lock);
	}
	free(head);
	return anew;
}

static bool fits(struct oci_streamed_upload *self)
{
	struct oci_streaming *growth = self->growth;
	bool out;

	pthread_mutex_lock(&growth->lock);
	if (!growth->asked)
		growth->fits = oci_repository_is_empty(self->client);
	growth->asked = true;
	out = growth->fits;
	pthread_mutex_unlock(&growth->lock);
	return out;
}

/* Who did not take one does not take the next: it would go up twice, too. */
static void give_up(struct oci_streaming *growth)
{
	pthread_mutex_lock(&growth->lock);
	growth->fits = false;
	pthread_mutex_unlock(&growth->lock);
}

/* Whether the answer to the PATCH says that all is there. */
static bool has_all(const struct oci_streamed_upload *self,
		    const struct oci_http_response *response)
{
	const char *range = oci_http_header(response, "range");
	uint64_t has;

	if (response->status != 202 && response->status != 201 &&
	    response->status != 204)
		return false;
	return !range ||
	       (oci_session_range(&has, range) && has == self->spool->size);
}

/* Ends when the blob is whole, or dropped, and sent. */
static int send_body(struct oci_streamed_upload *self, struct oci_source *body,
		     struct oci_error *err)
{
	struct oci_strings headers = { 0 };
	struct oci_http_response response = { 0 };
	struct oci_call call = {
		.method = "PATCH",
		.url = self->session.location,
		.headers = &headers,
		.body = body,
		.body_size = OCI_HTTP_UNKNOWN,
		.ready = oci_spool_ready,
		.actions = "pull,push",
		.once = true,
	};
	char *url = NULL;
	int rc = oci_strings_add(&headers,
				 "Content-Type: application/octet-stream", err);

	if (!rc)
		rc = oci_client_call(&response, &url, self->client, &call, err);
	self->session.whole = !rc && has_all(self, &response) &&
			      oci_spool_wait(self->spool, LEAST);
	if (!rc)
		rc = oci_session_move(&self->session, self->client, url,
				      &response, err);
	oci_http_response_release(&response);
	oci_strings_release(&headers);
	free(url);
	return rc;
}

static void send_it(struct oci_streamed_upload *self)
{
	struct oci_source *body = NULL;
	int rc = oci_spool_read(&body, self->spool, NULL);

	if (!rc)
		rc = oci_session_open(&self->session, self->client,
				      "push a blob", NULL);
	if (!rc)
		rc = send_body(self, body, NULL);
	if (rc || !self->session.whole) {
		if (oci_spool_wait(self->spool, LEAST))
			give_up(self->growth);
		oci_session_abandon(&self->session, self->client);
	}
	oci_source_free(body);
}

void oci_streamed_upload_run(struct oci_task *task, unsigned worker)
{
	struct oci_streamed_upload *self = (struct oci_streamed_upload *)task;
	struct oci_streaming *growth = self->growth;

	(void)worker;
	if (!oci_spool_wait(self->spool, LEAST))
		return;
	while (sem_wait(growth->room) != 0)
		; /* a signal */
	if (!atomic_load(growth->stop) && fits(self) && begins_anew(self))
		send_it(self);
	sem_post(growth->room);
}
