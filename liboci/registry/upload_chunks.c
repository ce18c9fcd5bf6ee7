/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends a blob in chunks: PATCH with Content-Range, for registries that do not
 * accept large bodies. OCI Distribution Specification, "Pushing a blob in
 * chunks". The registry's Range says how many bytes it has. If it has fewer
 * than were sent, the rest is sent again; if its Range does not move (Amazon
 * ECR), the number of bytes sent is used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/retry.h"
#include "registry/upload.h"

enum {
	CHUNK_LEAST = 64 * 1024,
	CHUNK_MOST = 64 * 1024 * 1024
};

struct chunks {
	struct oci_upload *u;
	struct oci_session *session;
	char *data;
	size_t chunk;
	size_t have;		/* bytes in data */
	uint64_t start;		/* of data in the blob */
	uint64_t offset;	/* number of bytes that the registry has */
	unsigned failures;	/* since the last progress */
	bool restart;
};

/* Reads the chunk with the byte at offset into data. */
static int load(struct chunks *c, struct oci_error *err)
{
	uint64_t left = c->u->size - c->offset;
	size_t got = 1;
	int rc = 0;

	if (c->offset >= c->start && c->offset < c->start + c->have)
		return 0;
	if (c->offset != c->start + c->have) {
		rc = oci_source_rewind(c->u->source, err);
		c->start = 0;
		c->have = 0;
		left = c->u->size;
	}
	do {
		size_t want = left < c->chunk ? (size_t)left : c->chunk;

		c->start += c->have;
		for (c->have = 0; !rc && got && c->have < want;
		     c->have += got)
			rc = oci_source_read(&got, c->u->source,
					     c->data + c->have,
					     want - c->have, err);
		left -= c->have;
	} while (!rc && got && c->start + c->have <= c->offset);
	if (!rc && c->start + c->have <= c->offset)
		rc = oci_fail(err, OCI_E_CHANGED, "blob %s became shorter",
			      c->u->digest.text);
	return rc;
}

/* Asks the registry how many bytes it has. */
static int ask(struct chunks *c, struct oci_error *err)
{
	struct oci_call call = {
		.method = "GET", .url = c->session->location,
		.actions = "pull,push",
	};
	struct oci_http_response response;
	uint64_t has;
	char *url;
	int rc = oci_client_call(&response, &url, c->u->client, &call, err);

	if (!rc && response.status == 204 &&
	    oci_session_range(&has, oci_http_header(&response, "range")) &&
	    has <= c->start + c->have && has > 1) {
		c->offset = has;
		rc = oci_session_move(c->session, c->u->client, url, &response,
				      err);
	} else if (!rc) {
		/* "0-0" means one byte or none. */
		c->restart = true;
	}
	oci_http_response_release(&response);
	free(url);
	return rc;
}

/* Sets the offset from the answer to an accepted PATCH. */
static int advance(struct chunks *c, uint64_t sent,
		   const struct oci_http_response *response,
		   struct oci_error *err)
{
	const char *range = oci_http_header(response, "range");
	uint64_t has;

	if (range && oci_session_range(&has, range)) {
		if (has > sent)
			return oci_fail(err, OCI_E_INVALID,
					"registry %s: push blob %s: it claims "
					"more bytes than were sent",
					c->u->client->host, c->u->digest.text);
		/* "0-0" means one byte or none. */
		if (has == 1 && sent > 1 && c->offset == 0) {
			c->restart = true;
			return 0;
		}
		if (has > c->offset) {
			c->offset = has;
			c->failures = 0;
			return 0;
		}
	} else if (range) {
		return oci_fail(err, OCI_E_INVALID,
				"registry %s: push blob %s: a Range that "
				"cannot be read",
				c->u->client->host, c->u->digest.text);
	}
	c->offset = sent;
	c->failures = 0;
	return 0;
}

static bool count_failure(struct chunks *c)
{
	return ++c->failures <= oci_client_retries(c->u->client->registry);
}

static int judge(struct chunks *c, uint64_t sent, const char *url,
		 const struct oci_http_response *response,
		 struct oci_error *err)
{
	char what[OCI_DIGEST_TEXT + 32];
	uint64_t has;
	int rc;

	if (response->status / 100 == 2) {
		rc = oci_session_move(c->session, c->u->client, url, response,
				      err);
		return rc ? rc : advance(c, sent, response, err);
	}
	snprintf(what, sizeof(what), "push blob %s", c->u->digest.text);
	if (response->status == 404) {
		c->restart = true;
		return 0;
	}
	if (oci_retry_status(response) && count_failure(c)) {
		rc = oci_client_wait(c->u->client->registry,
				     oci_retry_pause(response,
						     c->failures - 1), err);
		return rc ? rc : ask(c, err);
	}
	if (response->status != 416 || !count_failure(c))
		return oci_client_fail(c->u->client, what, response, err);
	if (strstr(response->text, "4.00MiB") && c->chunk > 4u << 20) {
		c->chunk = 4u << 20;
		c->have = 0;
		c->start = UINT64_MAX;
		return 0;
	}
	if (oci_session_range(&has, oci_http_header(response, "range")) &&
	    has > 1 && has <= c->start + c->have) {
		c->offset = has;
		return oci_session_move(c->session, c->u->client, url,
					response, err);
	}
	return ask(c, err);
}

static int send_piece(struct chunks *c, struct oci_error *err)
{
	size_t skip = (size_t)(c->offset - c->start);
	uint64_t end = c->start + c->have;
	struct oci_strings headers = {0};
	struct oci_http_response response = {0};
	struct oci_source *body = NULL;
	struct oci_call call = {
		.method = "PATCH", .url = c->session->location,
		.headers = &headers, .actions = "pull,push", .once = true,
	};
	char range[80], *url = NULL;
	int rc = oci_source_open_memory(&body, c->data + skip,
					c->have - skip, err);

	snprintf(range, sizeof(range), "Content-Range: %llu-%llu",
		 (unsigned long long)c->offset,
		 (unsigned long long)end - 1);
	if (!rc)
		rc = oci_strings_add(&headers, range, err);
	if (!rc)
		rc = oci_strings_add(&headers,
				     "Content-Type: application/octet-stream",
				     err);
	c->u->transfer.start = c->offset;
	call.transfer = &c->u->transfer;
	call.body = body;
	call.body_size = c->have - skip;
	if (!rc)
		rc = oci_client_call(&response, &url, c->u->client, &call,
				     err);
	if (!rc)
		rc = judge(c, end, url, &response, err);
	else if (rc == OCI_E_SYSTEM && count_failure(c))
		rc = ask(c, err);
	oci_http_response_release(&response);
	oci_source_free(body);
	oci_strings_release(&headers);
	free(url);
	return rc;
}

static size_t clamp(size_t chunk)
{
	if (chunk < CHUNK_LEAST)
		return CHUNK_LEAST;
	return chunk > CHUNK_MOST ? CHUNK_MOST : chunk;
}

int oci_upload_chunks(bool *restart, struct oci_upload *upload, size_t chunk,
		      struct oci_error *err)
{
	size_t least = upload->session.least;
	struct chunks c = {
		.u = upload,
		.session = &upload->session,
		.chunk = clamp(chunk > least ? chunk : least),
	};
	int rc = oci_source_rewind(upload->source, err);

	c.data = malloc(c.chunk);
	if (!rc && !c.data)
		rc = oci_fail_nomem(err);
	while (!rc && !c.restart && c.offset < upload->size) {
		rc = load(&c, err);
		if (!rc)
			rc = send_piece(&c, err);
	}
	free(c.data);
	*restart = c.restart;
	return rc;
}
