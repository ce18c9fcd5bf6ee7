/* SPDX-License-Identifier: Apache-2.0 */
/* Uploading one blob. OCI Distribution Specification, "Pushing blobs". */
#ifndef REGISTRY_UPLOAD_H
#define REGISTRY_UPLOAD_H

#include "registry/session.h"
#include "registry/transfer.h"

enum oci_upload_result {
	OCI_UPLOAD_PRESENT,
	OCI_UPLOAD_MOUNTED,
	OCI_UPLOAD_DONE
};

struct oci_upload {
	struct oci_client *client;
	struct oci_digest digest;
	uint64_t size;
	struct oci_source *source; /* can be rewound; checks its digest */
	const char *origin;	   /* a repository that has the blob; or
				    * NULL */
	const struct oci_strings *mount_from; /* repositories to try */
	size_t chunk_size;		/* bytes of a chunk; 0: one body */
	bool force;			/* upload even if HEAD finds the blob */
	bool dry_run;			/* a dry run: nothing is sent */
	struct oci_session session;	/* used if open; closed at the end */
	struct oci_transfer transfer;	/* for the progress of the registry */
	enum oci_upload_result result;
	char *from; /* in a dry run: the repository to mount the blob from, or
		     * NULL; the caller frees it */
};

/* Uploads the blob unless the repository has it; sets upload->result. After a
 * failure the session may be open. */
int oci_upload_blob(struct oci_upload *upload, struct oci_error *err);
/* presence.c: sets *out if the repository has the blob. */
int oci_upload_exists(bool *out, struct oci_client *client,
		      const char *actions, const struct oci_digest *digest,
		      struct oci_error *err);

/* Returns whether the registry says that the repository is empty; false if
 * there is another answer or none. */
bool oci_repository_is_empty(struct oci_client *client);
/* mount.c: requests a mount. Sets *mounted if the registry mounted the blob. If
 * it opened a session instead, upload->session is open. */
int oci_upload_mount(bool *mounted, struct oci_upload *upload,
		     struct oci_error *err);
/* Dry run: sets upload->from if another repository has the blob. */
int oci_upload_would_mount(struct oci_upload *upload, struct oci_error *err);
/* upload_chunks.c: sends the bytes in chunks, without the commit. Sets *restart
 * if the registry lost the session. */
int oci_upload_chunks(bool *restart, struct oci_upload *upload, size_t chunk,
		      struct oci_error *err);

#endif
