/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system that runs out of memory, for LD_PRELOAD.
 *
 *   FAIL=alloc:N:MORE   the N-th allocation (malloc, calloc, realloc) gives
 *                       NULL, and so do the MORE after it
 *   FAIL_COUNT=FILE     gets the line "alloc NUMBER" at the end
 *
 * A crash is preceded by the line "crash in FILE": the program, or the library
 * but libc, whose function crashed or called libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static unsigned long first, more, count;
static FILE *counts; /* opened at the start: a sandbox may forbid it later */

static int is_libc(const char *file)
{
	return strstr(file, "/libc.so") || strstr(file, "/memory.so") ||
	       strstr(file, "/libpthread");
}

static void on_crash(int number)
{
	static int crashed;
	void *frames[32];
	int size = backtrace(frames, 32);
	Dl_info info;

	if (__atomic_exchange_n(&crashed, 1, __ATOMIC_SEQ_CST))
		pause(); /* another thread ends the process */
	for (int i = 0; i < size; i++)
		if (dladdr(frames[i], &info) && info.dli_fname &&
		    !is_libc(info.dli_fname)) {
			dprintf(STDERR_FILENO, "crash in %s\n",
				info.dli_fname);
			break;
		}
	signal(number, SIG_DFL);
	raise(number);
}

__attribute__((constructor)) static void start(void)
{
	const char *fail = getenv("FAIL"), *path = getenv("FAIL_COUNT");
	void *frame;

	counts = path ? fopen(path, "w") : NULL;
	backtrace(&frame, 1); /* loads what it needs */
	signal(SIGSEGV, on_crash);
	signal(SIGABRT, on_crash);
	if (fail)
		sscanf(fail, "alloc:%lu:%lu", &first, &more);
}

__attribute__((destructor)) static void end(void)
{
	if (!counts)
		return;
	fprintf(counts, "alloc %lu\n", count);
	fclose(counts);
}

static int fails(void)
{
	unsigned long n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);

	if (!first || n < first || n > first + more)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	return fails() ? NULL : __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
