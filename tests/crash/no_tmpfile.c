/* SPDX-License-Identifier: Apache-2.0 */
/* A file system without O_TMPFILE, for LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

static int refuse(const char *name, const char *path, int flags, int mode)
{
	int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, name);

	if ((flags & O_TMPFILE) != O_TMPFILE)
		return next(path, flags, mode);
	errno = EOPNOTSUPP;
	return -1;
}

static int mode_of(int flags, va_list args)
{
	return flags & O_CREAT ? va_arg(args, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = refuse("open", path, flags, mode_of(flags, args));
	va_end(args);
	return fd;
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = refuse("open64", path, flags, mode_of(flags, args));
	va_end(args);
	return fd;
}
