/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uploads one blob: asks whether the repository has it, tries to mount it, and
 * otherwise opens a session, sends the bytes, and commits. If the answer to a
 * commit is lost or unclear, the repository is asked whether it has the blob;
 * if not, the upload starts over.
 */
#include "registry/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "registry/retry.h"
#include "registry/url.h"

enum {
	PATH_ROOM = OCI_REFERENCE_TEXT + 256,
	BREAKS_IN_ONE_PIECE = 2,
	CHUNK_FALLBACK = 4 * 1024 * 1024 /* a size that GHCR accepts */
};

static const char push[] = "pull,push";

/* The operation for messages: "push blob sha256:...". */
struct what {
	char text[OCI_DIGEST_TEXT + 32];
};

static struct what what_of(const struct oci_upload *u)
{
	struct what what;

	snprintf(what.text, sizeof(what.text), "push blob %s", u->digest.text);
	return what;
}

static int fail(const struct oci_upload *u,
		const struct oci_http_response *response, struct oci_error *err)
{
	return oci_client_fail(u->client, what_of(u).text, response, err);
}

/* The result of a commit. */
enum commit {
	COMMITTED,
	UNSURE,	   /* ask whether the blob is there */
	TOO_LARGE, /* send it in chunks */
	BAD_DIGEST,
	REFUSED
};

static enum commit judge(const struct oci_http_response *response)
{
	switch (response->status) {
	case 201:
		return COMMITTED;
	case 200:
	case 202:
	case 204:
	case 404:
	case 416:
		return UNSURE;
	case 413:
		return TOO_LARGE;
	case 400:
		if (oci_client_said(response, "DIGEST_INVALID"))
			return BAD_DIGEST;
		return oci_client_said(response, "BLOB_UPLOAD_INVALID") ?
			       UNSURE : REFUSED;
	default:
		return oci_retry_status(response) ? UNSURE : REFUSED;
	}
}

/* Sends the PUT that ends a session, with the bytes or after them. */
static int commit(enum commit *out, struct oci_upload *u, bool with_body,
		  struct oci_http_response *response, struct oci_error *err)
{
	struct oci_strings headers = {0};
	struct oci_call call = {
		.method = "PUT",
		.actions = push,
		.once = true,
		.headers = &headers,
		.body = with_body ? u->source : NULL,
		.body_size = with_body ? u->size : 0,
		.transfer = with_body ? &u->transfer : NULL,
	};
	bool broken;
	char *url;
	int rc = oci_url_add(&url, u->session.location, "digest",
			     u->digest.text, err);

	if (!rc)
		rc = oci_strings_add(&headers,
				     "Content-Type: application/octet-stream",
				     err);
	call.url = url;
	if (!rc)
		rc = oci_client_call(response, NULL, u->client, &call, err);
	broken = rc == OCI_E_SYSTEM && !response->stream_failed;
	*out = broken ? UNSURE : rc ? REFUSED : judge(response);
	oci_strings_release(&headers);
	free(url);
	return broken ? 0 : rc;
}

/* Runs one session from its opening to its commit. */
static int try_session(enum commit *out, struct oci_upload *u, size_t chunk,
		       struct oci_http_response *response,
		       struct oci_error *err)
{
	struct oci_session *session = &u->session;
	bool in_pieces = chunk && u->size, restart = false;
	int rc = session->location ? 0 :
		 oci_session_open(session, u->client, what_of(u).text, err);

	if (!rc && in_pieces && !session->whole)
		rc = oci_upload_chunks(&restart, u, chunk, err);
	if (restart)
		*out = UNSURE;
	else if (!rc)
		rc = commit(out, u, !in_pieces && !session->whole, response,
			    err);
	return rc;
}

static int fail_unsure(const struct oci_upload *u, int sessions,
		       const struct oci_http_response *response,
		       struct oci_error *err)
{
	if (response->status)
		return fail(u, response, err);
	return oci_fail(err, OCI_E_SYSTEM,
			"registry %s: push blob %s: the connection broke off, "
			"%d times: check the network, or try again later",
			u->client->host, u->digest.text, sessions);
}

/* Decides whether another session may help. *done: the blob is there. */
static int next_session(bool *done, size_t *chunk, enum commit result,
			int sessions, const struct oci_upload *u,
			const struct oci_http_response *response,
			struct oci_error *err)
{
	int rc;

	*done = result == COMMITTED;
	if (*done)
		return 0;
	if (result == TOO_LARGE && !*chunk) {
		*chunk = CHUNK_FALLBACK;
		return 0;
	}
	if (result == REFUSED || result == TOO_LARGE ||
	    (result == BAD_DIGEST && sessions > 1))
		return fail(u, response, err);
	if (result == BAD_DIGEST)
		return 0;
	rc = oci_upload_exists(done, u->client, push, &u->digest, err);
	if (rc || *done)
		return rc;
	if (sessions > (int)oci_client_retries(u->client->registry))
		return fail_unsure(u, sessions, response, err);
	/* If the connection breaks on one large body, smaller chunks may get
	 * through, and received ones are not sent again. */
	if (!response->status && sessions >= BREAKS_IN_ONE_PIECE && !*chunk &&
	    u->size > CHUNK_FALLBACK)
		*chunk = CHUNK_FALLBACK;
	return oci_client_wait(u->client->registry,
			       oci_retry_pause(response,
					       (unsigned)sessions - 1), err);
}

static int upload(struct oci_upload *u, struct oci_error *err)
{
	size_t chunk = u->chunk_size;
	bool done = false;
	int sessions = 0, rc = 0;

	while (!rc && !done) {
		struct oci_http_response response = {0};
		enum commit result = REFUSED;

		u->transfer.start = u->session.whole ? u->size : 0;
		oci_transfer_begin(&u->transfer);
		rc = try_session(&result, u, chunk, &response, err);
		if (!rc)
			rc = next_session(&done, &chunk, result, ++sessions, u,
					  &response, err);
		/* Only now, after next_session asked for the blob: an earlier
		 * DELETE could hit a commit in progress. */
		if (!done)
			oci_session_abandon(&u->session, u->client);
		oci_session_release(&u->session);
		oci_http_response_release(&response);
	}
	return rc;
}

static int send(struct oci_upload *u, struct oci_error *err)
{
	bool mounted = false;
	int rc = 0;

	if (!u->session.location && !u->force)
		rc = oci_upload_mount(&mounted, u, err);
	u->result = mounted ? OCI_UPLOAD_MOUNTED : OCI_UPLOAD_DONE;
	return rc || mounted ? rc : upload(u, err);
}

/* Dry run: finds out what send would do. */
static int dry_run(struct oci_upload *u, struct oci_error *err)
{
	int rc = oci_upload_would_mount(u, err);

	u->result = u->from ? OCI_UPLOAD_MOUNTED : OCI_UPLOAD_DONE;
	return rc;
}

/* If two repositories of a registry get the same blob in one run, one of them
 * uploads it, and the other one mounts it. */
static int send_alone(struct oci_upload *u, struct oci_error *err)
{
	struct oci_mount_candidates *seen =
		&u->client->registry->mount_candidates;
	const char *host = u->client->host;
	bool there = false;
	int rc = oci_mount_candidates_enter(
		&there, seen, host, u->client->repository, &u->digest, err);

	if (rc || there)
		return rc;
	rc = u->dry_run ? dry_run(u, err) : send(u, err);
	if (!rc)
		oci_mount_candidates_add(seen, host, u->client->repository,
					 &u->digest);
	oci_mount_candidates_leave(seen, host, &u->digest);
	return rc;
}

int oci_upload_blob(struct oci_upload *u, struct oci_error *err)
{
	bool there;
	int rc;

	if (u->force)
		return send(u, err);
	u->result = OCI_UPLOAD_PRESENT;
	if (u->session.location)
		return send_alone(u, err);
	rc = oci_upload_exists(&there, u->client, push, &u->digest, err);
	if (rc || !there)
		return rc ? rc : send_alone(u, err);
	oci_mount_candidates_add(&u->client->registry->mount_candidates,
				 u->client->host, u->client->repository,
				 &u->digest);
	return 0;
}
