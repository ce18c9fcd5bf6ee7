/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob that goes up while it is made: its bytes in one PATCH without a
 * length, as Docker's engine sends all of its layers. The commit, which names
 * the digest, is left to whoever knows it.
 */
#ifndef REGISTRY_STREAMED_UPLOAD_H
#define REGISTRY_STREAMED_UPLOAD_H

#include <semaphore.h>
#include <stdatomic.h>

#include "io/pool.h"
#include "registry/session.h"
#include "registry/spool.h"

/* What the blobs of a repository that grow share. */
struct oci_streaming {
	sem_t *room;		  /* for transfers */
	const atomic_bool *stop;  /* do not begin */
	pthread_mutex_t lock;	  /* of what follows */
	bool asked;		  /* whether the repository is empty */
	bool fits;		  /* it is, and takes such bodies */
	struct oci_strings heads; /* digests of how each one begins */
};

void oci_streaming_init(struct oci_streaming *out, sem_t *room,
			const atomic_bool *stop);
void oci_streaming_release(struct oci_streaming *growth);

struct oci_streamed_upload {
	struct oci_task task; /* first: a task is one of these */
	struct oci_client *client;
	struct oci_spool *spool;
	struct oci_streaming *growth;
	/* After the task: has all bytes, or there is none. */
	struct oci_session session;
};

/*
 * The task's run. It sends nothing where the repository has something already:
 * a blob that is made of the same inputs may be there, and nobody knows before
 * it is whole. Nor does it where the blob is small, begins as another one did,
 * which may be the same, or where the registry did not take another one. What
 * fails is not told: the blob has another way up.
 */
void oci_streamed_upload_run(struct oci_task *task, unsigned worker);

#endif
