/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD: a monotonic clock that runs FAST_CLOCK times as fast, so
 * that a test of limits of minutes takes seconds. What poll and conditions wait
 * is less by as much; sleeps stay as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static int speed(void)
{
	const char *text = getenv("FAST_CLOCK");
	long value = text ? strtol(text, NULL, 10) : 1;

	return value > 0 && value < 1000 ? (int)value : 1;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	static int (*next)(clockid_t clock, struct timespec *out);
	long long now;
	int rc;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	rc = next(clock, out);
	if (rc || clock == CLOCK_REALTIME)
		return rc;
	now = (out->tv_sec * 1000000000LL + out->tv_nsec) * speed();
	out->tv_sec = now / 1000000000;
	out->tv_nsec = now % 1000000000;
	return 0;
}

int poll(struct pollfd *files, nfds_t count, int timeout)
{
	static int (*next)(struct pollfd *files, nfds_t count, int timeout);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "poll");
	if (timeout > 0)
		timeout = timeout / speed() + 1;
	return next(files, count, timeout);
}

/* The command's conditions wait by the monotonic clock. */
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock,
			   const struct timespec *until)
{
	static int (*next)(pthread_cond_t *condition, pthread_mutex_t *lock,
			   const struct timespec *until);
	long long real = (until->tv_sec * 1000000000LL + until->tv_nsec) /
			 speed();
	const struct timespec sooner = { real / 1000000000, real % 1000000000 };

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
	return next(condition, lock, &sooner);
}
