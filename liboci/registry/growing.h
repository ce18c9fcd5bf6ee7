/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob that goes up while it is made: its bytes in one PATCH without a
 * length, as Docker's engine sends all of its layers. The commit, which names
 * the digest, is left to whoever knows it.
 */
#ifndef REGISTRY_GROWING_H
#define REGISTRY_GROWING_H

#include <stdatomic.h>

#include "io/pool.h"
#include "registry/session.h"
#include "registry/spool.h"

/* Whether a repository is empty, which is asked for once. */
struct oci_emptiness {
	pthread_mutex_t lock;
	bool asked;
	bool empty;
};

struct oci_growing {
	struct oci_task task;	/* first: a task is one of these */
	struct oci_client *client;
	struct oci_spool *spool;
	struct oci_emptiness *emptiness;
	/* After the task: has all bytes, or there is none. */
	struct oci_session session;
};

/*
 * The task's run. It sends nothing where the repository has something already:
 * a blob that is made of the same inputs may be there, and nobody knows before
 * it is whole. Nor does it where the blob is small. What fails is not told: the
 * blob has another way up.
 */
void oci_growing_run(struct oci_task *task, unsigned worker);

#endif
