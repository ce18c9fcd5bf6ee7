/* SPDX-License-Identifier: Apache-2.0 */
/* An upload session of a registry, for one blob. OCI Distribution
 * Specification, "Pushing blobs". */
#ifndef REGISTRY_SESSION_H
#define REGISTRY_SESSION_H

#include "registry/client.h"

struct oci_session {
	char *location; /* URL of its next request; NULL: no session */
	size_t least;	/* least bytes of a chunk; 0: any */
	bool whole;	/* the registry has all bytes; only the commit
			 * is missing */
};

/* Opens a session. what: the operation, such as "push blob sha256:...". */
int oci_session_open(struct oci_session *out, struct oci_client *client,
		     const char *what, struct oci_error *err);
/* Sets location and least from the headers of an answer that came from url. */
int oci_session_move(struct oci_session *session, struct oci_client *client,
		     const char *url,
		     const struct oci_http_response *response,
		     struct oci_error *err);
/* Tells the registry to drop the session; a failure is ignored. */
void oci_session_abandon(struct oci_session *session,
			 struct oci_client *client);
void oci_session_release(struct oci_session *session);

/* Parses the Range of an answer, "0-N" or "bytes=0-N". *out is the number of
 * bytes, N + 1. Returns false for other text and for NULL. */
bool oci_session_range(uint64_t *out, const char *text);

#endif
