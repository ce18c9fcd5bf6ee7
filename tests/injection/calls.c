/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system whose calls fail, for LD_PRELOAD.
 *
 *   FAIL=CALL:N:HOW   the N-th call of the function CALL fails. HOW is an errno
 *                     by its number; or "short": a read or write of one byte
 *   FAIL_COUNT=FILE   gets a line "CALL NUMBER" for each function, at the end
 *
 * The calls that libc makes of itself, such as those of stdio, do not fail.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CALLS_MAX = 64, SHORT = -1 };

struct call {
	const char *name;
	unsigned long count;
};

static struct call calls[CALLS_MAX];
static char failing_name[32];
static unsigned long failing_number;
static int failing_how;
static FILE *counts; /* opened at the start: a sandbox may forbid it later */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void)
{
	const char *fail = getenv("FAIL"), *path = getenv("FAIL_COUNT");

	counts = path ? fopen(path, "w") : NULL;
	if (fail && sscanf(fail, "%31[^:]:%lu:%d", failing_name,
			   &failing_number, &failing_how) == 2)
		failing_how = SHORT; /* no number */
}

__attribute__((destructor)) static void end(void)
{
	for (int i = 0; counts && i < CALLS_MAX && calls[i].name; i++)
		fprintf(counts, "%s %lu\n", calls[i].name, calls[i].count);
	if (counts)
		fclose(counts);
}

/* Returns whether this call fails; with errno set, or *size made 1. */
static int fails(const char *name, size_t *size)
{
	unsigned long count = 0;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < CALLS_MAX; i++) {
		if (!calls[i].name)
			calls[i].name = name;
		if (calls[i].name != name)
			continue;
		count = ++calls[i].count;
		break;
	}
	pthread_mutex_unlock(&lock);
	if (count != failing_number || strcmp(name, failing_name) != 0)
		return 0;
	if (failing_how == SHORT) {
		if (size && *size > 1)
			*size = 1;
		return 0;
	}
	errno = failing_how;
	return 1;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

/* A function with parameters (types and names) and arguments (names). The name
 * is one pointer for each function, so that `fails` can compare pointers. */
#define DEFINE(type, name, bad, size, parameters, arguments)              \
	type name parameters                                              \
	{                                                                 \
		static const char called[] = #name;                       \
		static type(*real) parameters;                            \
                                                                          \
		if (!real)                                                \
			real = (type(*) parameters)dlsym(RTLD_NEXT,       \
							 #name);          \
		return fails(called, size) ? bad : real arguments;        \
	}

DEFINE(ssize_t, read, -1, &n, (int fd, void *p, size_t n), (fd, p, n))
DEFINE(ssize_t, pread, -1, &n, (int fd, void *p, size_t n, off_t at),
       (fd, p, n, at))
DEFINE(ssize_t, pread64, -1, &n, (int fd, void *p, size_t n, off_t at),
       (fd, p, n, at))
DEFINE(ssize_t, write, -1, &n, (int fd, const void *p, size_t n), (fd, p, n))
DEFINE(ssize_t, pwrite, -1, &n, (int fd, const void *p, size_t n, off_t at),
       (fd, p, n, at))
DEFINE(ssize_t, pwrite64, -1, &n, (int fd, const void *p, size_t n, off_t at),
       (fd, p, n, at))
DEFINE(ssize_t, getdents64, -1, NULL, (int fd, void *p, size_t n), (fd, p, n))
DEFINE(DIR *, opendir, NULL, NULL, (const char *path), (path))
DEFINE(int, fsync, -1, NULL, (int fd), (fd))
DEFINE(int, fdatasync, -1, NULL, (int fd), (fd))
DEFINE(int, syncfs, -1, NULL, (int fd), (fd))
DEFINE(int, rename, -1, NULL, (const char *a, const char *b), (a, b))
DEFINE(int, link, -1, NULL, (const char *a, const char *b), (a, b))
DEFINE(int, linkat, -1, NULL,
       (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f))
DEFINE(int, unlink, -1, NULL, (const char *path), (path))
DEFINE(int, mkdir, -1, NULL, (const char *path, mode_t mode), (path, mode))
DEFINE(int, mkdirat, -1, NULL, (int d, const char *path, mode_t mode),
       (d, path, mode))
DEFINE(int, symlinkat, -1, NULL, (const char *a, int d, const char *b),
       (a, d, b))
DEFINE(int, fchmodat, -1, NULL, (int d, const char *path, mode_t mode, int f),
       (d, path, mode, f))
DEFINE(int, fchownat, -1, NULL,
       (int d, const char *path, uid_t u, gid_t g, int f), (d, path, u, g, f))
DEFINE(int, utimensat, -1, NULL,
       (int d, const char *path, const struct timespec t[2], int f),
       (d, path, t, f))
DEFINE(int, ftruncate, -1, NULL, (int fd, off_t size), (fd, size))
DEFINE(int, ftruncate64, -1, NULL, (int fd, off_t size), (fd, size))
DEFINE(int, flock, -1, NULL, (int fd, int how), (fd, how))
DEFINE(int, fstat, -1, NULL, (int fd, struct stat *st), (fd, st))
DEFINE(int, fstat64, -1, NULL, (int fd, struct stat64 *st), (fd, st))
DEFINE(int, stat, -1, NULL, (const char *path, struct stat *st), (path, st))
DEFINE(int, stat64, -1, NULL, (const char *path, struct stat64 *st),
       (path, st))
DEFINE(int, fstatat, -1, NULL,
       (int d, const char *path, struct stat *st, int f), (d, path, st, f))
DEFINE(int, fstatat64, -1, NULL,
       (int d, const char *path, struct stat64 *st, int f), (d, path, st, f))
DEFINE(off_t, lseek, -1, NULL, (int fd, off_t at, int how), (fd, at, how))
DEFINE(off_t, lseek64, -1, NULL, (int fd, off_t at, int how), (fd, at, how))
DEFINE(int, fchmod, -1, NULL, (int fd, mode_t mode), (fd, mode))
DEFINE(int, futimens, -1, NULL, (int fd, const struct timespec t[2]), (fd, t))
DEFINE(int, pipe2, -1, NULL, (int fds[2], int flags), (fds, flags))
DEFINE(int, socket, -1, NULL, (int a, int b, int c), (a, b, c))
DEFINE(int, connect, -1, NULL,
       (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
DEFINE(ssize_t, send, -1, &n, (int fd, const void *p, size_t n, int f),
       (fd, p, n, f))
DEFINE(ssize_t, recv, -1, &n, (int fd, void *p, size_t n, int f),
       (fd, p, n, f))

/* A close that fails has closed the file: close(2), "Dealing with error
 * returns". */
int close(int fd)
{
	static const char called[] = "close";
	int rc = REAL(int, close, int)(fd);

	return fails(called, NULL) ? -1 : rc;
}

#define DEFINE_OPENAT(name)                                                    \
	int name(int dir, const char *path, int flags, ...)                    \
	{                                                                      \
		static const char called[] = #name;                            \
		va_list args;                                                  \
		int mode = 0;                                                  \
                                                                               \
		va_start(args, flags);                                         \
		if (flags & (O_CREAT | O_TMPFILE))                             \
			mode = va_arg(args, int);                              \
		va_end(args);                                                  \
		if (fails(called, NULL))                                       \
			return -1;                                             \
		return REAL(int, name, int, const char *, int,                 \
			    ...)(dir, path, flags, mode);                      \
	}

DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

#define DEFINE_OPEN(name)                                                 \
	int name(const char *path, int flags, ...)                        \
	{                                                                 \
		static const char called[] = #name;                       \
		va_list args;                                             \
		int mode = 0;                                             \
                                                                          \
		va_start(args, flags);                                    \
		if (flags & (O_CREAT | O_TMPFILE))                        \
			mode = va_arg(args, int);                         \
		va_end(args);                                             \
		if (fails(called, NULL))                                  \
			return -1;                                        \
		return REAL(int, name, const char *, int, ...)(path,      \
							       flags,     \
							       mode);     \
	}

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
