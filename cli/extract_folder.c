/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes files to a folder. They go to a new folder, directories first and
 * symlinks last, so that no symlink is ever followed. Until the end, only this
 * user can enter it.
 */
#define _GNU_SOURCE	    /* getdents64, makedev */
#define _LARGEFILE64_SOURCE /* getdents64 in musl */

#include "extract.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cli.h"

struct folder {
	int fd;
	bool root;   /* the user may set owners and make devices */
	size_t skip; /* bytes of a path before the name in the folder */
	unsigned long left_out;
	/* Attributes of directories, which are set when nothing is written to
	 * them any more. Their paths are copies. */
	struct oci_entry *directories;
	size_t count;
	size_t capacity;
};

static int fail(struct oci_error *err, const char *path)
{
	return oci_error_set(err, OCI_E_SYSTEM, "'%s': %s", path,
			     strerror(errno));
}

/* Sets owner, mode and mtime; of a symlink, its own. */
static int set_attributes(const struct folder *f, const char *name,
			  const struct oci_entry *e, struct oci_error *err)
{
	const time_t mtime = (time_t)e->mtime;
	const struct timespec times[2] = { { mtime, 0 }, { mtime, 0 } };
	mode_t mode = e->mode & (f->root ? 07777 : 01777);

	if (f->root &&
	    fchownat(f->fd, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) != 0)
		return fail(err, name);
	if (e->type != OCI_ENTRY_SYMLINK && fchmodat(f->fd, name, mode, 0) != 0)
		return fail(err, name);
	if (utimensat(f->fd, name, times, AT_SYMLINK_NOFOLLOW) != 0)
		return fail(err, name);
	return 0;
}

static int copy(int fd, const char *name, struct oci_source *content,
		struct oci_error *err)
{
	struct oci_sink *sink;
	int rc = oci_sink_open_fd(&sink, fd, err);

	if (rc)
		return rc;
	rc = oci_source_copy(NULL, content, sink, err);
	if (!rc)
		rc = oci_sink_finish(sink, err);
	oci_sink_free(sink);
	return rc ? oci_error_wrap(err, rc, "'%s'", name) : 0;
}

static int write_file(const struct folder *f, const char *name,
		      struct oci_source *content, struct oci_error *err)
{
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0600);
	int rc;

	if (fd < 0)
		return fail(err, name);
	rc = copy(fd, name, content, err);
	if (close(fd) != 0 && !rc)
		rc = fail(err, name);
	return rc;
}

/* Returns 1 if a device was left out. */
static int make_special(struct folder *f, const char *name,
			const struct oci_entry *e, struct oci_error *err)
{
	mode_t type = e->type == OCI_ENTRY_FIFO		  ? S_IFIFO
		      : e->type == OCI_ENTRY_BLOCK_DEVICE ? S_IFBLK
							  : S_IFCHR;

	if (type != S_IFIFO && !f->root) {
		f->left_out++;
		return 1;
	}
	if (mknodat(f->fd, name, type | 0600, makedev(e->major, e->minor)) != 0)
		return fail(err, name);
	return 0;
}

static int make_directory(struct folder *f, const char *name,
			  const struct oci_entry *e, struct oci_error *err)
{
	size_t room = f->capacity ? 2 * f->capacity : 64;
	struct oci_entry *more;
	char *copied;

	if (f->count == f->capacity) {
		more = realloc(f->directories, room * sizeof(*more));
		if (!more)
			return fail_nomem(err);
		f->directories = more;
		f->capacity = room;
	}
	copied = strdup(name);
	if (!copied)
		return fail_nomem(err);
	f->directories[f->count] = *e;
	f->directories[f->count++].path = copied;
	return mkdirat(f->fd, name, 0700) != 0 ? fail(err, name) : 0;
}

static int write_entry(void *data, const struct oci_entry *e,
		       struct oci_source *content, struct oci_error *err)
{
	struct folder *f = data;
	const char *name = e->path + f->skip;
	int rc = 0;

	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	switch (e->type) {
	case OCI_ENTRY_DIRECTORY:
		return make_directory(f, name, e, err);
	case OCI_ENTRY_HARDLINK:
		return linkat(f->fd, e->target + f->skip, f->fd, name, 0)
			       ? fail(err, name)
			       : 0;
	case OCI_ENTRY_SYMLINK:
		rc = symlinkat(e->target, f->fd, name) ? fail(err, name) : 0;
		break;
	case OCI_ENTRY_FILE:
		rc = write_file(f, name, content, err);
		break;
	default:
		rc = make_special(f, name, e, err);
		break;
	}
	return rc ? (rc > 0 ? 0 : rc) : set_attributes(f, name, e, err);
}

/* Those in a directory come before it. */
static int end_directories(const struct folder *f, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = f->count; !rc && i; i--)
		rc = set_attributes(f, f->directories[i - 1].path,
				    &f->directories[i - 1], err);
	return rc;
}

/* Removes what is in a directory, except directories. Allocates nothing:
 * memory may have run out. */
static void remove_files(const struct folder *f, const char *name)
{
	union {
		struct dirent64 first;
		char data[4096];
	} names;
	int fd = openat(f->fd, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return;
	while ((size = getdents64(fd, (void *)&names, sizeof(names))) > 0)
		for (ssize_t done = 0; done < size;) {
			const struct dirent64 *entry =
				(const void *)(names.data + done);

			/* This fails for directories. */
			unlinkat(fd, entry->d_name, 0);
			done += entry->d_reclen;
		}
	close(fd);
}

/* Paths are relative to the folder: with its own they may be too long. */
static void remove_all(const struct folder *f, const char *path)
{
	if (f->fd < 0 || fchmod(f->fd, 0700) != 0) {
		rmdir(path); /* it is empty, unless another process filled it */
		return;
	}
	for (size_t i = 0; i < f->count; i++)
		if (fchmodat(f->fd, f->directories[i].path, 0700, 0) != 0)
			break; /* the others were not made */
	for (size_t i = f->count; i; i--) {
		remove_files(f, f->directories[i - 1].path);
		unlinkat(f->fd, f->directories[i - 1].path, AT_REMOVEDIR);
	}
	remove_files(f, ".");
	rmdir(path);
}

static int fill(struct folder *f, const struct oci_rootfs *rootfs,
		const char *path, struct oci_error *err)
{
	struct oci_entry top = { 0 };
	int rc = oci_rootfs_find(&top, rootfs, path, true, err);
	bool all = top.type == OCI_ENTRY_DIRECTORY;
	const char *slash;

	if (rc)
		return rc;
	slash = strrchr(top.path, '/');
	f->skip = all	  ? strlen(top.path) + (*top.path != '\0')
		  : slash ? (size_t)(slash + 1 - top.path)
			  : 0;
	rc = oci_rootfs_extract(rootfs, path, write_entry, f, err);
	if (!rc)
		rc = end_directories(f, err);
	if (!all)
		return rc || fchmod(f->fd, 0755) == 0 ? rc : fail(err, path);
	return rc ? rc : set_attributes(f, ".", &top, err);
}

/* Whether a folder can be renamed to path: not to "." or "..", whatever comes
 * before, and not to a symlink. */
static bool is_replaceable(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash ? slash + 1 : path;
	struct stat st;

	return strcmp(last, ".") != 0 && strcmp(last, "..") != 0 &&
	       (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode));
}

int extract_check_folder(const char *path, struct oci_error *err)
{
	DIR *folder;
	struct dirent *entry;
	bool empty = true;

	if (!is_replaceable(path))
		return oci_error_set(err, OCI_E_INVALID,
				     "'%s' is no name for a new folder: name "
				     "one that is not there yet",
				     path);
	folder = opendir(path);
	if (!folder)
		return errno == ENOENT ? 0 : fail(err, path);
	while (empty && (entry = readdir(folder)))
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	closedir(folder);
	return empty ? 0
		     : oci_error_set(err, OCI_E_INVALID,
				     "'%s' is not empty: choose a new folder",
				     path);
}

/* Makes a folder beside the output. */
static int make_folder(char **out, const char *output, struct oci_error *err)
{
	size_t size = strlen(output);

	while (size > 1 && output[size - 1] == '/')
		size--;
	*out = calloc(1, size + sizeof(".XXXXXX"));
	if (!*out)
		return fail_nomem(err);
	memcpy(*out, output, size);
	memcpy(*out + size, ".XXXXXX", strlen(".XXXXXX"));
	if (mkdtemp(*out))
		return 0;
	free(*out);
	*out = NULL;
	return fail(err, output);
}

int extract_to_folder(unsigned long *left_out, const struct oci_rootfs *rootfs,
		      const char *path, const char *output,
		      struct oci_error *err)
{
	struct folder f = { .root = geteuid() == 0, .fd = -1 };
	char *name = NULL;
	int rc = make_folder(&name, output, err);
	if (rc)
		return rc;
	f.fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = f.fd < 0 ? fail(err, name) : fill(&f, rootfs, path, err);
	if (!rc && rename(name, output) != 0)
		rc = fail(err, output);
	if (rc)
		remove_all(&f, name);
	if (f.fd >= 0)
		close(f.fd);
	for (size_t i = 0; i < f.count; i++)
		free((char *)f.directories[i].path);
	free(f.directories);
	free(name);
	*left_out = f.left_out;
	return rc;
}
