/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a repository has a blob. */
#include <stdio.h>

#include "base/error.h"
#include "document/token.h"
#include "registry/upload.h"

enum { PATH_ROOM = OCI_REFERENCE_TEXT + 256 };

/* The answer to HEAD has no error message: gets it with GET. */
static int get_message(bool *out, struct oci_client *client,
		       struct oci_call *call, const char *what,
		       struct oci_error *err)
{
	struct oci_http_response response;
	int rc;

	call->method = "GET";
	call->once = true;
	call->text_max = 4096;
	rc = oci_client_call(&response, NULL, client, call, err);
	*out = !rc && response.status / 100 == 2;
	if (!rc && !*out && response.status != 404)
		rc = oci_client_fail(client, what, &response, err);
	oci_http_response_release(&response);
	return rc;
}

int oci_upload_exists(bool *out, struct oci_client *client,
		      const char *actions, const struct oci_digest *digest,
		      struct oci_error *err)
{
	char path[PATH_ROOM], what[OCI_DIGEST_TEXT + 32];
	struct oci_call call = {
		.method = "HEAD", .url = path, .actions = actions,
	};
	struct oci_http_response response;
	long status;
	int rc;

	snprintf(path, sizeof(path), "/v2/%s/blobs/%s", client->repository,
		 digest->text);
	snprintf(what, sizeof(what), "look for blob %s", digest->text);
	rc = oci_client_call(&response, NULL, client, &call, err);
	status = response.status;
	oci_http_response_release(&response);
	if (rc)
		return oci_wrap(err, rc, "registry %s: %s", client->host,
				what);
	*out = status / 100 == 2;
	if (*out || status == 404 || status == 405)
		return 0;
	return get_message(out, client, &call, what, err);
}

bool oci_repository_is_empty(struct oci_client *client)
{
	char path[PATH_ROOM];
	struct oci_call call = {
		.method = "GET", .url = path, .actions = "pull,push",
		.once = true,
	};
	struct oci_http_response response;
	struct oci_strings tags = { 0 };
	bool any = true;
	int rc;

	snprintf(path, sizeof(path), "/v2/%s/tags/list?n=1",
		 client->repository);
	rc = oci_client_call(&response, NULL, client, &call, NULL);
	if (!rc && response.status == 404)
		any = !oci_client_said(&response, "NAME_UNKNOWN");
	else if (!rc && response.status == 200)
		any = oci_tags_parse(&tags, response.text, response.text_size,
				     NULL) ||
		      tags.count;
	oci_strings_release(&tags);
	oci_http_response_release(&response);
	return !any;
}
