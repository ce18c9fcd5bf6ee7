/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE, flock */
#include "io/temp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"
#include "io/litter.h"

enum { ATTEMPTS = 10000, FD_PATH = 32 };

/* The path of an open file, whether or not it has a name. */
static void name_fd(char out[FD_PATH], int fd)
{
	snprintf(out, FD_PATH, "/proc/self/fd/%d", fd);
}

static int make_stem(char **out, const char *dir, const char *name,
		     struct oci_error *err)
{
	struct oci_buf buf;
	int rc;

	oci_buf_init(&buf, OCI_PATH_MAX);
	rc = oci_buf_format(&buf, err, "%s/.%.*s", dir, OCI_LITTER_NAME, name);
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}

/* Locks the new file or folder of fd. Returns false if a process that removes
 * litter was faster, which happens on local file systems only. */
static bool hold(int fd, const char *path)
{
	bool taken = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

	return !oci_fd_is_local(fd) ||
	       (!taken && oci_fd_is_named(fd, AT_FDCWD, path) != 0);
}

/* Makes a file or folder at path. Returns 0, or the number of the error;
 * EEXIST: another name is needed. */
typedef int make_fn(int *fd, const char *path, unsigned mode);

static int make_file(int *fd, const char *path, unsigned mode)
{
	*fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	return *fd >= 0 ? 0 : errno;
}

/* Returns 0 if fd is a folder of this user with nothing in it, EEXIST if not,
 * or the number of another error. Where others may rename, a folder of theirs
 * may have taken the place of a new one. */
static int check_new(int fd)
{
	const struct dirent *entry;
	struct stat st;
	DIR *dir;
	int copy, number = 0;

	if (fstat(fd, &st) != 0)
		return errno;
	if (st.st_uid != geteuid())
		return EEXIST;
	copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		number = errno;
		if (copy >= 0)
			close(copy);
		return number;
	}
	while (!number && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			number = EEXIST;
	closedir(dir);
	return number;
}

/* Returns EEXIST if the new folder was taken for litter, or replaced. */
static int make_folder(int *fd, const char *path, unsigned mode)
{
	int number;

	if (mkdir(path, (mode_t)mode) != 0)
		return errno;
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	number = *fd >= 0 ? check_new(*fd) : errno;
	if (!number)
		return 0;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	if (number == ENOENT || number == EEXIST)
		return EEXIST;
	rmdir(path);
	return number;
}

static int keep_if_held(int number, int *fd, const char *path)
{
	if (number || hold(*fd, path))
		return number;
	close(*fd);
	*fd = -1;
	return EEXIST;
}

static int make_held(int *fd, const char *path, unsigned mode)
{
	return keep_if_held(make_file(fd, path, mode), fd, path);
}

static int make_held_folder(int *fd, const char *path, unsigned mode)
{
	return keep_if_held(make_folder(fd, path, mode), fd, path);
}

/* Makes the hard link path of the unnamed file *fd, which needs /proc. */
static int link_unnamed(int *fd, const char *path, unsigned mode)
{
	char by_number[FD_PATH];

	(void)mode;
	name_fd(by_number, *fd);
	return linkat(AT_FDCWD, by_number, AT_FDCWD, path, AT_SYMLINK_FOLLOW) ==
			       0
		       ? 0
		       : errno;
}

/* Calls make with STEM.PID-0.tmp, STEM.PID-1.tmp, ... until one is new. */
static int make_named(char **path, int *fd, make_fn *make, const char *stem,
		      unsigned mode, struct oci_error *err)
{
	int number = EEXIST, rc = 0;

	*path = NULL;
	for (unsigned i = 0; !rc && number == EEXIST && i < ATTEMPTS; i++) {
		struct oci_buf buf;

		free(*path);
		*path = NULL;
		oci_buf_init(&buf, OCI_PATH_MAX);
		rc = oci_buf_format(&buf, err, "%s.%ld-%u.tmp", stem,
				    (long)getpid(), i);
		if (!rc)
			rc = oci_buf_detach(path, &buf, err);
		oci_buf_release(&buf);
		if (!rc)
			number = make(fd, *path, mode);
	}
	if (!rc && !number)
		return 0;
	free(*path);
	*path = NULL;
	if (rc)
		return rc;
	errno = number;
	return oci_fail_errno(err, "create a file in '%.*s'",
			      (int)(strrchr(stem, '/') - stem), stem);
}

/* Returns whether a file without a name can get one later. */
static bool can_be_named(int fd)
{
	char by_number[FD_PATH];

	name_fd(by_number, fd);
	return oci_fd_is_local(fd) && access(by_number, F_OK) == 0;
}

static bool open_unnamed(int *fd, const char *dir, unsigned mode)
{
	*fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, (mode_t)mode);
	if (*fd < 0)
		return false;
	if (can_be_named(*fd)) {
		/* Held from now on, for the time when it has a name. */
		flock(*fd, LOCK_EX | LOCK_NB);
		return true;
	}
	close(*fd);
	*fd = -1;
	return false;
}

int oci_temp_open(struct oci_temp *temp, const char *dir, const char *name,
		  unsigned mode, struct oci_error *err)
{
	int rc;

	*temp = (struct oci_temp)OCI_TEMP_INIT;
	rc = make_stem(&temp->stem, dir, name, err);
	if (!rc && !open_unnamed(&temp->fd, dir, mode))
		rc = make_named(&temp->path, &temp->fd, make_held, temp->stem,
				mode, err);
	if (rc)
		oci_temp_release(temp);
	return rc;
}

int oci_temp_name(struct oci_temp *temp, struct oci_error *err)
{
	return temp->path ? 0
			  : make_named(&temp->path, &temp->fd, link_unnamed,
				       temp->stem, 0, err);
}

bool oci_temp_link(struct oci_temp *temp, const char *path)
{
	return temp->path ? link(temp->path, path) == 0
			  : link_unnamed(&temp->fd, path, 0) == 0;
}

int oci_temp_place(struct oci_temp *temp, const char *path,
		   struct oci_error *err)
{
	int rc;

	if (!temp->path && oci_temp_link(temp, path))
		return 0;
	rc = oci_temp_name(temp, err);
	if (rc)
		return rc;
	if (rename(temp->path, path) != 0)
		return oci_fail_errno(err, "rename '%s' to '%s'", temp->path,
				      path);
	/* rename(2) does nothing if both are names of the same file. */
	unlink(temp->path);
	free(temp->path);
	temp->path = NULL;
	return 0;
}

void oci_temp_release(struct oci_temp *temp)
{
	if (temp->path)
		unlink(temp->path);
	if (temp->fd >= 0)
		close(temp->fd);
	free(temp->path);
	free(temp->stem);
	*temp = (struct oci_temp)OCI_TEMP_INIT;
}

int oci_temp_folder_open(struct oci_temp_folder *folder, const char *dir,
			 const char *name, unsigned mode, struct oci_error *err)
{
	char *stem;
	int rc = make_stem(&stem, dir, name, err);

	*folder = (struct oci_temp_folder)OCI_TEMP_FOLDER_INIT;
	if (rc)
		return rc;
	rc = make_named(&folder->path, &folder->fd, make_held_folder, stem,
			mode, err);
	free(stem);
	return rc;
}

int oci_temp_folder_place(struct oci_temp_folder *folder, const char *path,
			  struct oci_error *err)
{
	if (rename(folder->path, path) != 0)
		return oci_fail_errno(err, "rename '%s' to '%s'", folder->path,
				      path);
	free(folder->path);
	folder->path = NULL;
	return 0;
}

void oci_temp_folder_release(struct oci_temp_folder *folder)
{
	if (folder->path)
		rmdir(folder->path);
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder->path);
	*folder = (struct oci_temp_folder)OCI_TEMP_FOLDER_INIT;
}

int oci_file_temporary(int *fd, const char *dir, struct oci_error *err)
{
	struct oci_temp temp = OCI_TEMP_INIT;
	int rc;

	/* An unlinked file cannot be opened, whatever its mode. The cache may
	 * link it later; blobs are readable for all and never written again. */
	*fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
	if (*fd >= 0)
		return 0;
	oci_litter_remove(dir, "oci");
	rc = make_stem(&temp.stem, dir, "oci", err);
	/* Other users may have access to the folder. */
	if (!rc)
		rc = make_named(&temp.path, &temp.fd, make_held, temp.stem,
				0600, err);
	*fd = temp.fd;
	temp.fd = -1;
	oci_temp_release(&temp);
	return rc;
}

int oci_temp_wrap(struct oci_error *err, int rc, int fd)
{
	static const char mark[] = " (deleted)";
	char entry[FD_PATH], path[OCI_PATH_MAX];
	ssize_t size;

	name_fd(entry, fd);
	size = readlink(entry, path, sizeof(path) - 1);
	if (size < (ssize_t)sizeof(mark))
		return rc;
	path[size] = '\0';
	if (strcmp(path + size - strlen(mark), mark) != 0 ||
	    !strrchr(path, '/'))
		return rc;
	*strrchr(path, '/') = '\0';
	return oci_wrap(err, rc, "temporary file in '%s'", path);
}
