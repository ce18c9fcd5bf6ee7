/* SPDX-License-Identifier: Apache-2.0 */
/* One blob that goes into a repository, and the task that uploads it. */
#ifndef REGISTRY_BLOB_UPLOAD_H
#define REGISTRY_BLOB_UPLOAD_H

#include "io/pool.h"
#include "registry/spool.h"
#include "registry/upload.h"

struct oci_uploads;

/*
 * The task starts when the blob's sink opens. It streams the bytes while they
 * are written, if the repository may be streamed to; waits until the sink has
 * ended; and uploads the blob by its digest, or commits the session that holds
 * its bytes. A blob that another store or a file has is the same task without
 * a sink.
 *
 * A task that waits for its sink occupies a thread, and tasks run in the order
 * of opening. No number of threads and of open sinks leads to a deadlock:
 * - writing to a sink and ending it never waits for a task, because the spool
 *   takes any number of bytes; so the writer reaches the end of each sink;
 * - oci_uploads_wait alone waits for tasks, and drops each sink that is open
 *   then;
 * - a task that waits for another task's upload of the same blob
 *   (mount_candidates.h) waits for a blob that is complete.
 */
struct oci_blob_upload {
	struct oci_task task; /* first: a task is a blob upload */
	struct oci_sink sink;
	struct oci_blob_upload *next;
	struct oci_uploads *owner;
	struct oci_upload upload; /* digest empty: not complete; source owned */
	struct oci_spool *spool;  /* that source is; NULL: no sink wrote it */
	bool open;		  /* its sink can be written to: the writer's */
	bool streams;		  /* may be streamed: the task's */
	bool given;		  /* to the pool */
	int status;
	struct oci_error why;
};

/* The task's run. */
void oci_blob_upload_run(struct oci_task *task, unsigned worker);
/* Makes blob->sink write to blob->spool. Freeing the sink before
 * oci_blob_upload_end drops the blob. */
void oci_blob_upload_open(struct oci_blob_upload *blob);
/* A descriptor of the file that sink writes to; the caller closes *fd. */
int oci_blob_upload_dup_fd(int *fd, struct oci_sink *sink,
			   struct oci_error *err);
int oci_blob_upload_end(struct oci_sink *sink, const struct oci_digest *digest,
			uint64_t size, struct oci_error *err);
/* Drops the blob if its sink is open. */
void oci_blob_upload_drop(struct oci_blob_upload *blob);
bool oci_blob_upload_is_complete(const struct oci_blob_upload *blob);
/* After the task. */
void oci_blob_upload_free(struct oci_blob_upload *blob);

#endif
