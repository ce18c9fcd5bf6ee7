/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that run tasks in the order in which they were given. A task's memory
 * may be freed after oci_pool_wait.
 */
#ifndef IO_POOL_H
#define IO_POOL_H

#include <stdbool.h>

#include <oci/error.h>

struct oci_pool;

struct oci_task {
	/* worker: 0 to jobs - 1; each runs one task at a time. */
	void (*run)(struct oci_task *task, unsigned worker);
	struct oci_task *next;	/* the pool's */
	bool done;		/* the pool's: ask with oci_pool_done */
};

/* jobs: 1 to 1024 threads. */
int oci_pool_new(struct oci_pool **out, unsigned jobs, struct oci_error *err);
void oci_pool_give(struct oci_pool *pool, struct oci_task *task);
bool oci_pool_done(struct oci_pool *pool, const struct oci_task *task);
void oci_pool_wait(struct oci_pool *pool, const struct oci_task *task);
/* Completes all tasks, and ends the threads. NULL-safe. */
void oci_pool_free(struct oci_pool *pool);

/* Returns the number of cores that this process may use, at least 1. */
unsigned oci_pool_cores(void);

#endif
