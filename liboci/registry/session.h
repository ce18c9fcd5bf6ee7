/* SPDX-License-Identifier: Apache-2.0 */
/* A session that the registry opened for a blob. OCI Distribution
 * Specification, "Pushing blobs". */
#ifndef REGISTRY_SESSION_H
#define REGISTRY_SESSION_H

#include "registry/client.h"

struct oci_session {
	char *location;		/* where its next request goes; NULL: none */
	size_t least;		/* bytes of a piece; 0: any */
	bool whole;		/* it has all bytes: the commit is left */
};

/* what: such as "push blob sha256:...". */
int oci_session_open(struct oci_session *out, struct oci_client *client,
		     const char *what, struct oci_error *err);
/* Takes the Location of an answer that came from url. */
int oci_session_move(struct oci_session *session, struct oci_client *client,
		     const char *url,
		     const struct oci_http_response *response,
		     struct oci_error *err);
/* Tells the registry that nothing more comes, as well as it can. */
void oci_session_abandon(struct oci_session *session,
			 struct oci_client *client);
void oci_session_release(struct oci_session *session);

/* "0-N" or "bytes=0-N", the Range of an answer: the number of bytes, N + 1;
 * false for others and for NULL. */
bool oci_session_range(uint64_t *out, const char *text);

#endif
