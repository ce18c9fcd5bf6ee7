/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounts blobs from other repositories of the registry. OCI Distribution
 * Specification, "Mounting a blob from another repository".
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/upload.h"

enum { PATH_ROOM = OCI_REFERENCE_TEXT + 256 };

/* Lists the blob's origin, the repositories of the options, and then the mount
 * candidates. A refusal opens a session and ends the search, so the repository
 * that certainly has the blob comes first. */
static int candidates(struct oci_strings *out, const struct oci_upload *u,
		      struct oci_error *err)
{
	int rc = u->origin ? oci_strings_add(out, u->origin, err) : 0;

	for (size_t i = 0; !rc && i < u->mount_from->count; i++)
		rc = oci_strings_add(out, u->mount_from->items[i], err);
	return rc ? rc
		  : oci_mount_candidates_find(
			    out, &u->client->registry->mount_candidates,
			    u->client->host, u->client->repository, &u->digest,
			    err);
}

/* Requests a mount. Sets *mounted, opens a session, or does neither. */
static int mount(bool *mounted, struct oci_upload *u, const char *from,
		 struct oci_error *err)
{
	char path[PATH_ROOM + OCI_REFERENCE_NAME];
	struct oci_call call = {
		.method = "POST", .url = path, .actions = "pull,push",
		.mount_from = from, .once = true,
	};
	struct oci_http_response response;
	char *url;
	int rc;

	snprintf(path, sizeof(path), "/v2/%s/blobs/uploads/?mount=%s&from=%s",
		 u->client->repository, u->digest.text, from);
	rc = oci_client_call(&response, &url, u->client, &call, err);
	*mounted = !rc && response.status == 201;
	if (!rc && response.status == 202)
		rc = oci_session_move(&u->session, u->client, url, &response,
				      err);
	oci_http_response_release(&response);
	free(url);
	/* After other failures, the next candidate is tried, and then the blob
	 * is uploaded. */
	return rc == OCI_E_CANCELLED || rc == OCI_E_NOMEM ? rc : 0;
}

int oci_upload_mount(bool *mounted, struct oci_upload *u, struct oci_error *err)
{
	struct oci_strings from = {0};
	int rc = candidates(&from, u, err);

	*mounted = false;
	for (size_t i = 0;
	     !rc && !*mounted && !u->session.location && i < from.count; i++)
		rc = mount(mounted, u, from.items[i], err);
	oci_strings_release(&from);
	return rc;
}

int oci_upload_would_mount(struct oci_upload *u, struct oci_error *err)
{
	struct oci_strings list = {0};
	int rc = candidates(&list, u, err);

	for (size_t i = 0; !rc && !u->from && i < list.count; i++) {
		struct oci_client other = *u->client;
		bool there;

		other.repository = list.items[i];
		/* A repository that cannot be read cannot be mounted from. */
		if (!oci_upload_exists(&there, &other, "pull", &u->digest,
				       NULL) &&
		    there)
			rc = oci_text_copy(&u->from, list.items[i], err);
	}
	oci_strings_release(&list);
	return rc;
}
