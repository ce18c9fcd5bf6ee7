/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Downloads of blobs. If the connection breaks, the rest is requested with a
 * Range, which registries may ignore: then the bytes that came before are
 * skipped.
 */
#include "registry/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "registry/retry.h"
#include "registry/transfer.h"

enum { PATH_ROOM = OCI_REFERENCE_TEXT + 256, ATTEMPTS_MAX = 200,
       PROGRESS_LEAST = 64 * 1024 };

/* Skips the bytes that the next sink has, and counts. */
struct resume {
	struct oci_sink base;
	struct oci_sink *next;
	uint64_t had;		/* bytes that the next sink has */
	uint64_t skip;		/* bytes of this answer to skip */
	const struct oci_http_response *response; /* NULL after its first
						   * bytes */
	struct oci_transfer transfer;
	uint64_t limit;
	bool failed; /* the next sink failed: no retry */
	bool whole;  /* a Range was refused: request all bytes */
};

static int resume_write(struct oci_sink *sink, const void *data, size_t size,
			struct oci_error *err)
{
	struct resume *self = (struct resume *)sink;
	size_t over;
	int rc;

	/* The status 200 instead of 206 means: from the first byte. */
	if (self->response) {
		self->skip = self->response->status == 206 ? 0 : self->had;
		self->response = NULL;
	}
	over = self->skip < size ? (size_t)self->skip : size;
	self->skip -= over;
	size -= over;
	if (size > self->limit - self->had)
		return oci_fail(err, OCI_E_CORRUPT,
				"it sends more than %llu bytes",
				(unsigned long long)self->limit);
	rc = oci_sink_write(self->next, (const char *)data + over, size, err);
	self->failed = rc != 0;
	self->had += rc ? 0 : size;
	oci_transfer_move(&self->transfer, self->had);
	return rc;
}

static int get_once(struct oci_http_response *response,
		    struct oci_client *client, const char *path,
		    struct resume *resume, struct oci_error *err)
{
	struct oci_strings headers = {0};
	struct oci_call call = {
		.method = "GET", .url = path, .headers = &headers,
		.sink = &resume->base, .actions = "pull", .once = true,
	};
	char range[64];
	int rc = 0;

	resume->response = response;
	if (resume->had && !resume->whole) {
		snprintf(range, sizeof(range), "Range: bytes=%llu-",
			 (unsigned long long)resume->had);
		rc = oci_strings_add(&headers, range, err);
	}
	if (!rc)
		rc = oci_client_call(response, NULL, client, &call, err);
	oci_strings_release(&headers);
	return rc;
}

static int fail(const struct oci_client *client,
		const struct oci_descriptor *d,
		const struct oci_http_response *response,
		struct oci_error *err)
{
	char what[OCI_DIGEST_TEXT + 32];

	snprintf(what, sizeof(what), "pull blob %s", d->digest.text);
	return oci_client_fail(client, what, response, err);
}

/* The number of consecutive failures that are retried. */
static int breaks_max(const struct oci_client *client,
		      const struct oci_http_response *response)
{
	int retries = (int)oci_client_retries(client->registry);

	/* 403: a signed URL has expired; a new one is no retry. */
	return response->status == 403 && !retries ? 1 : retries;
}

/* Some registries and proxies refuse a Range, or a Range that begins there
 * (416), although they serve the whole blob. */
static bool refuses_range(const struct oci_http_response *response,
			  const struct resume *resume)
{
	return resume->had && !resume->whole &&
	       (response->status == 400 || response->status == 416 ||
		response->status == 501);
}

/* Returns whether another request may help. *breaks counts consecutive ones
 * that brought little. */
static bool may_help(const struct resume *resume, int rc,
		     const struct oci_http_response *response, int breaks,
		     int attempts)
{
	return !resume->failed && attempts < ATTEMPTS_MAX &&
	       (rc == OCI_E_SYSTEM || (!rc && oci_retry_status(response)) ||
		(!rc && response->status == 403 && breaks == 0));
}

static int fetch(struct resume *resume, struct oci_client *client,
		 const struct oci_descriptor *d, const char *path,
		 struct oci_error *err)
{
	int rc = 0, breaks = 0, attempts = 0;
	bool again = true;

	while (!rc && again) {
		struct oci_http_response response = {0};
		uint64_t before = resume->had;

		rc = get_once(&response, client, path, resume, err);
		/* All bytes came before the connection broke. */
		if (rc == OCI_E_SYSTEM && !resume->failed &&
		    resume->had == d->size) {
			oci_http_response_release(&response);
			return 0;
		}
		if (!rc && refuses_range(&response, resume)) {
			resume->whole = true;
			oci_http_response_release(&response);
			continue;
		}
		again = may_help(resume, rc, &response, breaks, ++attempts);
		breaks = resume->had > before + PROGRESS_LEAST ? 1 : breaks + 1;
		if (again && breaks <= breaks_max(client, &response))
			rc = oci_client_wait(
				client->registry,
				oci_retry_pause(&response,
						(unsigned)breaks - 1), err);
		else if (!rc && response.status / 100 != 2)
			rc = fail(client, d, &response, err);
		else
			again = false;
		oci_http_response_release(&response);
	}
	return rc;
}

int oci_fetch_blob(struct oci_client *client, const struct oci_descriptor *d,
		   struct oci_sink *sink, struct oci_error *err)
{
	static const struct oci_sink_ops ops = { .write = resume_write };
	struct resume resume = {
		.base = { &ops }, .next = sink, .limit = d->size,
		.transfer = {
			.registry = client->registry,
			.digest = &d->digest,
			.size = d->size,
			.activity = OCI_ACTIVITY_DOWNLOAD,
		},
	};
	char path[PATH_ROOM];
	int rc;

	snprintf(path, sizeof(path), "/v2/%s/blobs/%s", client->repository,
		 d->digest.text);
	oci_transfer_begin(&resume.transfer);
	rc = fetch(&resume, client, d, path, err);
	if (rc)
		return oci_wrap(err, rc, "registry %s: pull blob %s",
				client->host, d->digest.text);
	oci_transfer_end(&resume.transfer, false);
	oci_mount_candidates_add(&client->registry->mount_candidates,
				 client->host, client->repository, &d->digest);
	return 0;
}
