/* SPDX-License-Identifier: Apache-2.0 */
/* One blob to push into a repository, and the task that uploads it. */
#ifndef REGISTRY_BLOB_UPLOAD_H
#define REGISTRY_BLOB_UPLOAD_H

#include "io/pool.h"
#include "registry/spool.h"
#include "registry/upload.h"

struct oci_uploads;

/*
 * The task is queued when the blob's sink is opened. It streams the bytes while
 * they are written, if the repository allows that; waits until the sink has
 * ended; and uploads the blob by its digest, or commits the session that holds
 * its bytes. For a blob that another store or a file has, the task is the same
 * without a sink.
 *
 * A task that waits for its sink occupies a thread, and tasks run in the order
 * in which they were queued. There is no deadlock, however many threads and
 * open sinks there are:
 * - writing to a sink and ending it never waits for a task, because the spool
 *   takes any number of bytes; so the writer reaches the end of each sink;
 * - only oci_uploads_wait waits for tasks, and it drops each sink that is still
 *   open;
 * - a task that waits for another task's upload of the same blob
 *   (mount_candidates.h) waits for a blob that is complete.
 */
struct oci_blob_upload {
	struct oci_task task; /* first: a task is a blob upload */
	struct oci_sink sink;
	struct oci_blob_upload *next;
	struct oci_uploads *owner;
	struct oci_upload upload; /* digest empty: not complete; source:
				   * owned */
	struct oci_spool *spool;  /* the source; NULL: the blob has no sink */
	bool open;		  /* the sink can be written to; used by the
				   * writer */
	bool streams;		  /* may be streamed; used by the task */
	bool queued;		  /* in the pool */
	int status;
	struct oci_error why;
};

/* The task's run function. */
void oci_blob_upload_run(struct oci_task *task, unsigned worker);
/* Makes blob->sink write to blob->spool. Freeing the sink before
 * oci_blob_upload_end drops the blob. */
void oci_blob_upload_open(struct oci_blob_upload *blob);
/* Duplicates the descriptor of the file that sink writes to; the caller closes
 * *fd. */
int oci_blob_upload_dup_fd(int *fd, struct oci_sink *sink,
			   struct oci_error *err);
/* Ends the sink: the blob is complete and has this digest and size. */
int oci_blob_upload_end(struct oci_sink *sink, const struct oci_digest *digest,
			uint64_t size, struct oci_error *err);
/* Drops the blob if its sink is open. */
void oci_blob_upload_drop(struct oci_blob_upload *blob);
bool oci_blob_upload_is_complete(const struct oci_blob_upload *blob);
/* Called when the task has ended. */
void oci_blob_upload_free(struct oci_blob_upload *blob);

#endif
