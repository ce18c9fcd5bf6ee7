/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/manifest_put.h"

#include <stdio.h>
#include <string.h>

#include <oci/reference.h>

#include "base/error.h"

enum { PATH_ROOM = OCI_REFERENCE_TEXT + 256 };

static int check_answer(const struct oci_descriptor *d,
			const struct oci_client *client, const char *what,
			const struct oci_http_response *response,
			struct oci_error *err)
{
	const char *digest = oci_http_header(response,
					     "docker-content-digest");

	if (response->status / 100 != 2)
		return oci_client_fail(client, what, response, err);
	if (digest && strcmp(digest, d->digest.text) != 0 &&
	    strncmp(digest, d->digest.text, 7) == 0)
		return oci_fail(err, OCI_E_CORRUPT,
				"registry %s: %s: it stored %.100s instead of "
				"%s", client->host, what, digest,
				d->digest.text);
	return 0;
}

static bool misses_blobs(const struct oci_http_response *response)
{
	return (response->status == 400 || response->status == 404) &&
	       (oci_client_said(response, "MANIFEST_BLOB_UNKNOWN") ||
		oci_client_said(response, "BLOB_UNKNOWN"));
}

int oci_manifest_put(struct oci_put_answer *answer,
		     const struct oci_descriptor *d, const char *text,
		     const char *name, struct oci_client *client,
		     struct oci_error *err)
{
	struct oci_http_response response = {0};
	struct oci_strings headers = {0};
	struct oci_source *body = NULL;
	char path[PATH_ROOM], what[OCI_DIGEST_TEXT + 32];
	struct oci_call call = {
		.method = "PUT", .url = path, .headers = &headers,
		.actions = "pull,push", .body_size = d->size,
	};
	struct oci_digest digest;
	char type[256];
	int rc = 0;

	/* The name becomes part of the URL: a tag, or a digest. */
	if (oci_digest_parse(&digest, name, NULL))
		rc = oci_tag_check(name, err);
	if (!rc)
		rc = oci_source_open_memory(&body, text, (size_t)d->size, err);
	snprintf(path, sizeof(path), "/v2/%s/manifests/%s",
		 client->repository, name);
	snprintf(what, sizeof(what), "push manifest %s", name);
	snprintf(type, sizeof(type), "Content-Type: %.200s", d->media_type);
	if (!rc)
		rc = oci_strings_add(&headers, type, err);
	call.body = body;
	if (!rc)
		rc = oci_client_call(&response, NULL, client, &call, err);
	if (rc)
		rc = oci_wrap(err, rc, "registry %s: %s", client->host, what);
	else
		rc = check_answer(d, client, what, &response, err);
	answer->blobs_missing = misses_blobs(&response);
	answer->knows_subject = oci_http_header(&response, "oci-subject");
	oci_http_response_release(&response);
	oci_source_free(body);
	oci_strings_release(&headers);
	return rc;
}
