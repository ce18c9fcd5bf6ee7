/* SPDX-License-Identifier: Apache-2.0 */
/* A queue under one lock. */
#include "io/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/thread.h"

enum { JOBS_MAX = 1024 };

struct worker {
	struct oci_pool *pool;
	unsigned number;
	pthread_t thread;
};

struct oci_pool {
	pthread_mutex_t lock;
	pthread_cond_t given;
	pthread_cond_t finished;
	struct oci_task *first;
	struct oci_task **last;
	bool ending;
	unsigned jobs;
	struct worker workers[];
};

/* Returns the next task, or NULL if the pool is ending. */
static struct oci_task *next_task(struct oci_pool *pool)
{
	struct oci_task *task;

	while (!pool->first && !pool->ending)
		pthread_cond_wait(&pool->given, &pool->lock);
	task = pool->first;
	if (task) {
		pool->first = task->next;
		if (!pool->first)
			pool->last = &pool->first;
	}
	return task;
}

static void *work(void *arg)
{
	struct worker *self = arg;
	struct oci_pool *pool = self->pool;
	struct oci_task *task;

	pthread_mutex_lock(&pool->lock);
	while ((task = next_task(pool))) {
		pthread_mutex_unlock(&pool->lock);
		task->run(task, self->number);
		pthread_mutex_lock(&pool->lock);
		task->done = true;
		pthread_cond_broadcast(&pool->finished);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Fewer threads do all of the work too. */
static int start(struct oci_pool *pool, unsigned jobs, struct oci_error *err)
{
	int rc = 0;

	while (pool->jobs < jobs && !rc) {
		struct worker *worker = &pool->workers[pool->jobs];

		worker->pool = pool;
		worker->number = pool->jobs;
		rc = oci_thread_start(&worker->thread, work, worker, err);
		if (!rc)
			pool->jobs++;
	}
	return pool->jobs ? 0 : rc;
}

int oci_pool_new(struct oci_pool **out, unsigned jobs, struct oci_error *err)
{
	struct oci_pool *pool;
	int rc;

	*out = NULL;
	if (jobs < 1 || jobs > JOBS_MAX)
		return oci_fail(err, OCI_E_INVALID, "jobs: 1 to %d", JOBS_MAX);
	pool = calloc(1, sizeof(*pool) + jobs * sizeof(pool->workers[0]));
	if (!pool)
		return oci_fail_nomem(err);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->given, NULL);
	pthread_cond_init(&pool->finished, NULL);
	pool->last = &pool->first;
	rc = start(pool, jobs, err);
	if (rc)
		oci_pool_free(pool);
	else
		*out = pool;
	return rc;
}

void oci_pool_give(struct oci_pool *pool, struct oci_task *task)
{
	pthread_mutex_lock(&pool->lock);
	task->next = NULL;
	task->done = false;
	*pool->last = task;
	pool->last = &task->next;
	pthread_cond_signal(&pool->given);
	pthread_mutex_unlock(&pool->lock);
}

bool oci_pool_done(struct oci_pool *pool, const struct oci_task *task)
{
	bool done;

	pthread_mutex_lock(&pool->lock);
	done = task->done;
	pthread_mutex_unlock(&pool->lock);
	return done;
}

void oci_pool_wait(struct oci_pool *pool, const struct oci_task *task)
{
	pthread_mutex_lock(&pool->lock);
	while (!task->done)
		pthread_cond_wait(&pool->finished, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}

void oci_pool_free(struct oci_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->ending = true;
	pthread_cond_broadcast(&pool->given);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->jobs; i++)
		pthread_join(pool->workers[i].thread, NULL);
	pthread_cond_destroy(&pool->finished);
	pthread_cond_destroy(&pool->given);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

unsigned oci_pool_cores(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (cores < 1)
		return 1;
	return cores > JOBS_MAX ? JOBS_MAX : (unsigned)cores;
}
