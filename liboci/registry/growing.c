/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/growing.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/upload.h"

/* What is smaller is made before the registry has answered. */
enum { LEAST = 1024 * 1024 };

static bool is_empty(struct oci_growing *self)
{
	struct oci_emptiness *e = self->emptiness;
	bool empty;

	pthread_mutex_lock(&e->lock);
	if (!e->asked)
		e->empty = oci_repository_is_empty(self->client);
	e->asked = true;
	empty = e->empty;
	pthread_mutex_unlock(&e->lock);
	return empty;
}

/* Whether the answer to the PATCH says that all is there. */
static bool has_all(const struct oci_growing *self,
		    const struct oci_http_response *response)
{
	const char *range = oci_http_header(response, "range");
	uint64_t has;

	if (response->status != 202 && response->status != 201 &&
	    response->status != 204)
		return false;
	return !range || (oci_session_range(&has, range) &&
			  has == self->spool->size);
}

/* Ends when the blob is whole, or dropped, and sent. */
static int send_body(struct oci_growing *self, struct oci_source *body,
		     struct oci_error *err)
{
	struct oci_strings headers = {0};
	struct oci_http_response response = {0};
	struct oci_call call = {
		.method = "PATCH", .url = self->session.location,
		.headers = &headers, .body = body,
		.body_size = OCI_HTTP_UNKNOWN, .ready = oci_spool_ready,
		.actions = "pull,push", .once = true,
	};
	char *url = NULL;
	int rc = oci_strings_add(&headers,
				 "Content-Type: application/octet-stream",
				 err);

	if (!rc)
		rc = oci_client_call(&response, &url, self->client, &call,
				     err);
	self->session.whole = !rc && has_all(self, &response);
	if (!rc)
		rc = oci_session_move(&self->session, self->client, url,
				      &response, err);
	oci_http_response_release(&response);
	oci_strings_release(&headers);
	free(url);
	return rc;
}

void oci_growing_run(struct oci_task *task, unsigned worker)
{
	struct oci_growing *self = (struct oci_growing *)task;
	struct oci_source *body = NULL;
	int rc;

	(void)worker;
	if (!oci_spool_wait(self->spool, LEAST) || !is_empty(self))
		return;
	rc = oci_spool_read(&body, self->spool, NULL);
	if (!rc)
		rc = oci_session_open(&self->session, self->client,
				      "push a blob", NULL);
	if (!rc)
		rc = send_body(self, body, NULL);
	if (rc || !self->session.whole)
		oci_session_abandon(&self->session, self->client);
	oci_source_free(body);
}
