/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the files of a root file system to a folder. They go to a temporary
 * folder beside it, directories first and symlinks last, so that no symlink is
 * ever followed. Until the end, only this user can enter it. All paths are
 * relative to it: with its own they may be too long.
 */
#define _GNU_SOURCE /* syncfs, makedev */
#include <oci/rootfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/error.h"
#include "base/options.h"
#include "base/path.h"
#include "base/text.h"
#include "base/watch.h"
#include "io/atomic.h"
#include "io/litter.h"

/* The temporary folder is .NAME.unpack.PID-N.tmp, because one that a killed
 * process left is removed with all that is in it. */
#define SUFFIX ".unpack"

struct folder {
	struct oci_temp_folder temp;
	struct oci_watch watch;
	bool root;   /* the user may set owners and make devices */
	size_t skip; /* bytes of a path before the name in the folder */
	uint64_t left_out;
	/* Attributes of directories, which are set when nothing is written to
	 * them any more. Their paths are copies. */
	struct oci_entry *directories;
	size_t count;
	size_t capacity;
};

static int fail(struct oci_error *err, const char *path)
{
	return oci_fail_errno(err, "'%s'", path);
}

static int fail_owner(struct oci_error *err, const char *path,
		      const struct oci_entry *e)
{
	const char *why =
		errno == EINVAL ? ": this user namespace does not map it" : "";

	return oci_fail_errno(err, "'%s': its owner %lu:%lu%s", path,
			      (unsigned long)e->uid, (unsigned long)e->gid,
			      why);
}

static mode_t mode_of(const struct folder *f, const struct oci_entry *e)
{
	return e->mode & (f->root ? 07777 : 01777);
}

/* Sets owner, mode and mtime; of a symlink, its own. */
static int set_attributes(const struct folder *f, const char *name,
			  const struct oci_entry *e, struct oci_error *err)
{
	const time_t mtime = (time_t)e->mtime;
	const struct timespec times[2] = { { mtime, 0 }, { mtime, 0 } };
	mode_t mode = mode_of(f, e);
	int fd = f->temp.fd;

	if (f->root &&
	    fchownat(fd, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) != 0)
		return fail_owner(err, name, e);
	if (e->type != OCI_ENTRY_SYMLINK && fchmodat(fd, name, mode, 0) != 0)
		return fail(err, name);
	if (utimensat(fd, name, times, AT_SYMLINK_NOFOLLOW) != 0)
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
	return rc ? oci_wrap(err, rc, "'%s'", name) : 0;
}

static int write_file(const struct folder *f, const char *name,
		      struct oci_source *content, struct oci_error *err)
{
	int fd = openat(f->temp.fd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
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
	if (mknodat(f->temp.fd, name, type | 0600,
		    makedev(e->major, e->minor)) == 0)
		return 0;
	/* In a container, root may lack the right to make devices. */
	if (errno != EPERM || type == S_IFIFO)
		return fail(err, name);
	f->left_out++;
	return 1;
}

static int make_directory(struct folder *f, const char *name,
			  const struct oci_entry *e, struct oci_error *err)
{
	size_t room = f->capacity ? 2 * f->capacity : 64;
	struct oci_entry *more;
	char *copied;
	int rc;

	if (f->count == f->capacity) {
		more = realloc(f->directories, room * sizeof(*more));
		if (!more)
			return oci_fail_nomem(err);
		f->directories = more;
		f->capacity = room;
	}
	rc = oci_text_copy(&copied, name, err);
	if (rc)
		return rc;
	f->directories[f->count] = *e;
	f->directories[f->count++].path = copied;
	return mkdirat(f->temp.fd, name, 0700) != 0 ? fail(err, name) : 0;
}

static int make_link(const struct folder *f, const char *name,
		     const struct oci_entry *e, struct oci_error *err)
{
	int fd = f->temp.fd;
	int bad = e->type == OCI_ENTRY_SYMLINK
			  ? symlinkat(e->target, fd, name)
			  : linkat(fd, e->target + f->skip, fd, name, 0);

	return bad ? fail(err, name) : 0;
}

static int write_entry(void *data, const struct oci_entry *e,
		       struct oci_source *content, struct oci_error *err)
{
	struct folder *f = data;
	const char *name = e->path + f->skip;
	int rc = oci_watch_check(&f->watch, err);

	if (rc)
		return rc;
	switch (e->type) {
	case OCI_ENTRY_DIRECTORY:
		return make_directory(f, name, e, err);
	case OCI_ENTRY_HARDLINK:
		return make_link(f, name, e, err);
	case OCI_ENTRY_SYMLINK:
		rc = make_link(f, name, e, err);
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

/* Sets the attributes of the folder itself, to which other users get access
 * with these: the last step before it gets its name. A process that is killed
 * in between leaves a folder that the next one may not own, or may not read,
 * and that stays then. top: NULL if the folder is none of the image's. */
static int end_top(const struct folder *f, const struct oci_entry *top,
		   struct oci_error *err)
{
	const time_t mtime = top ? (time_t)top->mtime : 0;
	const struct timespec times[2] = { { mtime, 0 }, { mtime, 0 } };
	mode_t mode = top ? mode_of(f, top) : 0755;
	int fd = f->temp.fd;

	/* By its descriptor: its mode may forbid to look up ".". */
	if (top && f->root && fchown(fd, top->uid, top->gid) != 0)
		return fail_owner(err, f->temp.path, top);
	if (fchmod(fd, mode) != 0 || (top && futimens(fd, times) != 0))
		return fail(err, f->temp.path);
	/* Some file systems cannot sync a folder, and report EINVAL. */
	return fsync(fd) != 0 && errno != EINVAL
		       ? oci_fail_errno(err, "sync '%s'", f->temp.path)
		       : 0;
}

/* Writes all files and syncs them. One syncfs(2) takes much less time than an
 * fsync(2) of each. */
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
	if (!rc && syncfs(f->temp.fd) != 0)
		rc = oci_fail_errno(err, "sync '%s'", f->temp.path);
	if (!rc)
		rc = oci_watch_check(&f->watch, err);
	return rc ? rc : end_top(f, all ? &top : NULL, err);
}

/* A copy without the slashes at the end. */
static int trim(char **out, const char *output, struct oci_error *err)
{
	size_t size = strlen(output);
	int rc = oci_text_copy(out, output, err);

	if (rc)
		return rc;
	while (size > 1 && (*out)[size - 1] == '/')
		(*out)[--size] = '\0';
	return 0;
}

/* Whether a folder can be renamed to path: not to "." or "..", whatever comes
 * before, and not to a symlink. */
static bool is_replaceable(const char *path)
{
	const char *last = oci_path_name(path);
	struct stat st;

	return *last && strcmp(last, ".") != 0 && strcmp(last, "..") != 0 &&
	       (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode));
}

static int check_empty(const char *path, struct oci_error *err)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	if (!folder)
		return errno == ENOENT ? 0 : fail(err, path);
	while (empty && (entry = readdir(folder)))
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	closedir(folder);
	return empty ? 0
		     : oci_fail(err, OCI_E_INVALID,
				"'%s' is not empty: choose a new folder", path);
}

int oci_rootfs_check_output(const char *output, struct oci_error *err)
{
	char *path;
	int rc = trim(&path, output, err);

	if (rc)
		return rc;
	rc = is_replaceable(path)
		     ? check_empty(path, err)
		     : oci_fail(err, OCI_E_INVALID,
				"'%s' is no name for a new folder: name one "
				"that is not there yet",
				output);
	free(path);
	return rc;
}

static int open_folder(struct folder *f, const char *dir, const char *output,
		       struct oci_error *err)
{
	enum { MOST = OCI_LITTER_NAME - (sizeof(SUFFIX) - 1) };
	char name[OCI_LITTER_NAME + 1];

	snprintf(name, sizeof(name), "%.*s%s", MOST, oci_path_name(output),
		 SUFFIX);
	oci_litter_remove_trees(dir, name);
	return oci_temp_folder_open(&f->temp, dir, name, 0700, err);
}

static void release(struct folder *f)
{
	if (f->temp.path && f->temp.fd >= 0)
		oci_folder_empty(f->temp.fd);
	oci_temp_folder_release(&f->temp);
	for (size_t i = 0; i < f->count; i++)
		free((char *)f->directories[i].path);
	free(f->directories);
}

/* Unpacks to output, which has no slash at its end and is in the folder dir. */
static int unpack(struct folder *f, const struct oci_rootfs *rootfs,
		  const char *path, const char *dir, const char *output,
		  struct oci_error *err)
{
	int rc = open_folder(f, dir, output, err);

	if (!rc)
		rc = fill(f, rootfs, path, err);
	if (!rc)
		rc = oci_temp_folder_place(&f->temp, output, err);
	/* The folder is visible now, even if its parent cannot be synced. */
	if (!rc)
		oci_folder_sync(dir, NULL);
	release(f);
	return rc;
}

int oci_rootfs_unpack(uint64_t *left_out, const struct oci_rootfs *rootfs,
		      const char *path, const char *output,
		      const struct oci_rootfs_unpack_options *options,
		      struct oci_error *err)
{
	static const struct oci_rootfs_unpack_options usual =
		OCI_ROOTFS_UNPACK_OPTIONS_INIT;
	struct folder f = { .temp = OCI_TEMP_FOLDER_INIT,
			    .root = geteuid() == 0 };
	struct oci_rootfs_unpack_options o;
	char *trimmed = NULL, *dir = NULL;
	int rc = oci_rootfs_check_output(output, err);

	oci_options_read(&o, sizeof(o), &usual, options);
	f.watch.cancelled = o.cancelled;
	if (!rc)
		rc = trim(&trimmed, output, err);
	if (!rc)
		rc = oci_path_folder(&dir, trimmed, err);
	if (!rc)
		rc = unpack(&f, rootfs, path, dir, trimmed, err);
	free(dir);
	free(trimmed);
	if (left_out)
		*left_out = rc ? 0 : f.left_out;
	return rc;
}
