/* SPDX-License-Identifier: Apache-2.0 */
/* Opens an upload session, follows its Location, and abandons it. */
#include "registry/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "registry/url.h"

enum {
	PATH_ROOM = OCI_REFERENCE_TEXT + 256,
	LEAST_MOST = 64 * 1024 * 1024
};

int oci_session_move(struct oci_session *session, struct oci_client *client,
		     const char *url, const struct oci_http_response *response,
		     struct oci_error *err)
{
	const char *location = oci_http_header(response, "location");
	const char *least = oci_http_header(response, "oci-chunk-min-length");
	uint64_t number;
	char *next;
	int rc;

	if (least && !oci_number_parse(&number, least, 10, LEAST_MOST))
		number = LEAST_MOST;
	if (least)
		session->least = (size_t)number;
	/* The answer to a PATCH need not have a Location. */
	if (!location && session->location)
		return 0;
	if (!location)
		return oci_fail(err, OCI_E_INVALID,
				"registry %s opened an upload without a "
				"Location", client->host);
	rc = oci_url_resolve(&next, url, location, err);
	if (!rc)
		rc = oci_client_check_location(client, url, next, err);
	if (rc) {
		free(next);
		return rc;
	}
	free(session->location);
	session->location = next;
	return 0;
}

int oci_session_open(struct oci_session *out, struct oci_client *client,
		     const char *what, struct oci_error *err)
{
	char path[PATH_ROOM];
	struct oci_call call = {
		.method = "POST", .url = path, .actions = "pull,push",
	};
	struct oci_http_response response;
	char *url;
	int rc;

	snprintf(path, sizeof(path), "/v2/%s/blobs/uploads/",
		 client->repository);
	rc = oci_client_call(&response, &url, client, &call, err);
	if (rc)
		rc = oci_wrap(err, rc, "registry %s: %s", client->host, what);
	else if (response.status != 202 && response.status != 201 &&
		 response.status != 200)
		rc = oci_client_fail(client, what, &response, err);
	else
		rc = oci_session_move(out, client, url, &response, err);
	oci_http_response_release(&response);
	free(url);
	return rc;
}

void oci_session_abandon(struct oci_session *session,
			 struct oci_client *client)
{
	struct oci_call call = {
		.method = "DELETE", .url = session->location,
		.actions = "pull,push", .once = true, .always = true,
	};
	struct oci_http_response response;

	if (!session->location)
		return;
	/* A failure is ignored, because registries drop old sessions. */
	oci_client_call(&response, NULL, client, &call, NULL);
	oci_http_response_release(&response);
	oci_session_release(session);
}

void oci_session_release(struct oci_session *session)
{
	free(session->location);
	*session = (struct oci_session){0};
}

bool oci_session_range(uint64_t *out, const char *text)
{
	uint64_t last;

	if (!text)
		return false;
	if (strncmp(text, "bytes=", 6) == 0)
		text += 6;
	if (strncmp(text, "0-", 2) != 0 ||
	    !oci_number_parse(&last, text + 2, 10, INT64_MAX - 1))
		return false;
	*out = last + 1;
	return true;
}
