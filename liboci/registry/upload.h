/* SPDX-License-Identifier: Apache-2.0 */
/* Uploading one blob. OCI Distribution Specification, "Pushing blobs". */
#ifndef REGISTRY_UPLOAD_H
#define REGISTRY_UPLOAD_H

#include "registry/session.h"

enum oci_upload_result {
	OCI_UPLOAD_PRESENT,
	OCI_UPLOAD_MOUNTED,
	OCI_UPLOAD_DONE
};

struct oci_upload {
	struct oci_client *client;
	struct oci_digest digest;
	uint64_t size;
	struct oci_source *source;	/* can start again; checks itself */
	const char *origin;		/* a repository that has it; or NULL */
	const struct oci_strings *mount_from;
	size_t chunk_size;		/* 0: in one piece */
	bool force;			/* also where HEAD says it is there */
	bool plan;			/* nothing is sent */
	struct oci_session session;	/* an open one is used, and closed */
	enum oci_upload_result result;
	char *from; /* of a plan: the repository that the blob would be mounted
		     * from; the caller frees it */
};

/* Sets upload->result. After a failure the session may be open. */
int oci_upload_blob(struct oci_upload *upload, struct oci_error *err);
/* presence.c: whether the repository has the blob. */
int oci_upload_exists(bool *out, struct oci_client *client,
		      const char *actions, const struct oci_digest *digest,
		      struct oci_error *err);

/* Whether the registry says that the repository has nothing; false where it
 * says something else, or nothing. */
bool oci_repository_is_empty(struct oci_client *client);
/* mount.c: asks for a mount: *mounted, or upload's session is open, or neither.
 */
int oci_upload_mount(bool *mounted, struct oci_upload *upload,
		     struct oci_error *err);
/* Sets upload->from, if there is such a repository. */
int oci_upload_would_mount(struct oci_upload *upload, struct oci_error *err);
/* upload_chunks.c: sends the bytes in pieces; the commit is left. *restart is
 * set where the session is lost. */
int oci_upload_chunks(bool *restart, struct oci_upload *upload, size_t chunk,
		      struct oci_error *err);

#endif
