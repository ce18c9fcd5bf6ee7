/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A system that fails, for LD_PRELOAD. FAIL says where:
 *
 *   folder-sync   fsync of a folder gives EIO
 *   folder-open   opening a folder gives EMFILE, once a file was renamed to
 *                 index.json or to a name that ends in .tar
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int committed;

static int is(const char *what)
{
	const char *fail = getenv("FAIL");

	return fail && strcmp(fail, what) == 0;
}

int fsync(int fd)
{
	static int (*real)(int);
	struct stat st;

	if (!real)
		real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	if (is("folder-sync") && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);
	size_t size = strlen(to);

	if (!real)
		real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT,
								  "rename");
	if (strstr(to, "/index.json") ||
	    (size > 4 && strcmp(to + size - 4, ".tar") == 0))
		committed = 1;
	return real(from, to);
}

static int open_with(const char *name, const char *path, int flags, int mode)
{
	int (*real)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);

	if (committed && (flags & O_DIRECTORY) && is("folder-open")) {
		errno = EMFILE;
		return -1;
	}
	return real(path, flags, mode);
}

/* open and open64 are two names of one function. */
#define DEFINE_OPEN(name)                                                 \
	int name(const char *path, int flags, ...)                        \
	{                                                                 \
		va_list args;                                             \
		int mode = 0;                                             \
                                                                          \
		va_start(args, flags);                                    \
		if (flags & (O_CREAT | O_TMPFILE))                        \
			mode = va_arg(args, int);                         \
		va_end(args);                                             \
		return open_with(#name, path, flags, mode);               \
	}

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
