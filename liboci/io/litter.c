/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* flock */
#include "io/litter.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { ENTRIES_MAX = 10000 };

bool oci_fd_is_local(int fd)
{
	/* <linux/magic.h> lacks some of these. */
	static const uint32_t known[] = {
		0xef53,	    /* ext2, ext3, ext4 */
		0x58465342, /* XFS */
		0x9123683e, /* Btrfs */
		0x01021994, /* tmpfs */
		0x794c7630, /* overlayfs */
		0xf2f52010, /* F2FS */
		0x2fc12fc1, /* ZFS */
		0xca451a4e, /* bcachefs */
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((uint32_t)fs.f_type == known[i])
			return true;
	return false;
}

int oci_fd_is_named(int fd, int dir, const char *path)
{
	struct stat now, held;

	if (fstatat(dir, path, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &held) != 0)
		return -1;
	return now.st_dev == held.st_dev && now.st_ino == held.st_ino;
}

/* Moves *end before digits and the character in front of them. */
static bool skip_number(const char *text, size_t *end, char before)
{
	size_t i = *end;

	while (i && text[i - 1] >= '0' && text[i - 1] <= '9')
		i--;
	if (i == *end || !i || text[i - 1] != before)
		return false;
	*end = i - 1;
	return true;
}

/* Returns whether entry is ".NAME.PID-N.tmp"; name NULL: with any NAME. */
static bool is_temporary(const char *entry, const char *name)
{
	static const char suffix[] = ".tmp";
	size_t end = strlen(entry), size = name ? strlen(name) : 0;

	if (entry[0] != '.' || end < strlen(suffix) ||
	    strcmp(entry + end - strlen(suffix), suffix) != 0)
		return false;
	end -= strlen(suffix);
	if (!skip_number(entry, &end, '-') || !skip_number(entry, &end, '.') ||
	    end < 2)
		return false;
	size = size < OCI_LITTER_NAME ? size : OCI_LITTER_NAME;
	return !name ||
	       (end - 1 == size && strncmp(entry + 1, name, size) == 0);
}

static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() &&
	       (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode));
}

/* Opens and locks a temporary file that no process holds. Returns -1 if there
 * is none. The name is compared after that, because a process may have locked,
 * renamed and closed the file meanwhile. */
static int take(int dir, const char *name)
{
	struct stat st;
	int fd;

	/* Opening something else might wait, or start a device. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !is_ours(&st))
		return -1;
	fd = openat(dir, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && is_ours(&st) &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    oci_fd_is_named(fd, dir, name) == 1)
		return fd;
	close(fd);
	return -1;
}

/* Calls visit with the temporary names in the folder fd, and closes fd. */
static void visit_names(int fd, const char *name,
			void (*visit)(int dir, const char *name))
{
	const struct dirent *entry;
	DIR *dir = fdopendir(fd);

	if (!dir) {
		close(fd);
		return;
	}
	for (int i = 0; i < ENTRIES_MAX && (entry = readdir(dir)); i++)
		if (is_temporary(entry->d_name, name))
			visit(fd, entry->d_name);
	closedir(dir);
}

/* In a folder that is locked, the files of its process are litter, too. */
static void remove_file(int dir, const char *name)
{
	unlinkat(dir, name, 0);
}

static void remove_litter(int dir, const char *name)
{
	int fd = take(dir, name), files;
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		remove_file(dir, name);
	} else {
		/* The lock holds until fd itself is closed. */
		files = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (files >= 0)
			visit_names(files, NULL, remove_file);
		unlinkat(dir, name, AT_REMOVEDIR);
	}
	close(fd);
}

static void remove_tree(int dir, const char *name)
{
	int fd = take(dir, name);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		oci_folder_empty(fd);
		unlinkat(dir, name, AT_REMOVEDIR);
	}
	close(fd);
}

/* Returns whether other users cannot rename a folder of this user in dir. The
 * group's bits are also those of an ACL (acl(5)). */
static bool is_guarded(int dir)
{
	struct stat st;

	if (fstat(dir, &st) != 0 || (st.st_uid != 0 && st.st_uid != geteuid()))
		return false;
	return st.st_mode & S_ISVTX || !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static void remove_from(const char *dir, const char *name,
			void (*visit)(int dir, const char *name))
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (oci_fd_is_local(fd) && (visit != remove_tree || is_guarded(fd)))
		visit_names(fd, name, visit);
	else
		close(fd);
}

void oci_litter_remove(const char *dir, const char *name)
{
	remove_from(dir, name, remove_litter);
}

void oci_litter_remove_trees(const char *dir, const char *name)
{
	remove_from(dir, name, remove_tree);
}
