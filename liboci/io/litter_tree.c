/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removes what is in a folder, however deep, without recursion or allocations:
 * memory may have run out. A folder below that is not empty is moved up to the
 * top, and its turn comes there. Whatever another process does meanwhile, no
 * symlink is followed, and what is removed is in a folder that was below the
 * top. rmdir(2) reports EBUSY for a mount point, and ENOTEMPTY for any other
 * folder with files in it. Mount points stay.
 */
#define _GNU_SOURCE	    /* getdents64 */
#define _LARGEFILE64_SOURCE /* getdents64 in musl */
#include "io/litter.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another process may add files without end. */
enum { ENTRIES_MAX = 50 * 1000 * 1000 };

struct emptying {
	int top;
	dev_t device;
	unsigned long number; /* the next name at the top */
	unsigned long left;   /* entries that may still be looked at */
};

/* Called with a name in the folder dir. Returns true if it was removed or
 * moved. *below: a folder to go on with, or -1. */
typedef bool visit_fn(struct emptying *e, int *below, int dir,
		      const char *name);

static bool visit_all(struct emptying *e, int *below, int dir, visit_fn *visit)
{
	union {
		struct dirent64 first;
		char data[4096];
	} names;
	bool changed = false;
	ssize_t size;

	*below = -1;
	if (lseek(dir, 0, SEEK_SET) != 0)
		return false;
	while ((size = getdents64(dir, (void *)&names, sizeof(names))) > 0)
		for (ssize_t done = 0; done < size && e->left; e->left--) {
			const struct dirent64 *entry =
				(const void *)(names.data + done);

			done += entry->d_reclen;
			if (strcmp(entry->d_name, ".") != 0 &&
			    strcmp(entry->d_name, "..") != 0 &&
			    visit(e, below, dir, entry->d_name))
				changed = true;
		}
	return changed;
}

/* Returns 1 if the name was removed, 0 if it is a folder that is not empty and
 * no mount point, and otherwise -1. */
static int remove_name(int dir, const char *name)
{
	if (unlinkat(dir, name, 0) == 0)
		return 1;
	if (errno != EISDIR)
		return -1;
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return 1;
	return errno == ENOTEMPTY || errno == EEXIST ? 0 : -1;
}

/* Opens a folder, in which this user may then do everything. */
static int open_below(const struct emptying *e, int dir, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_dev != e->device)
		return -1;
	fd = openat(dir, name, flags);
	if (fd < 0 && errno == EACCES &&
	    fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(dir, name, flags);
	if (fd >= 0 && (st.st_mode & 0700) != 0700)
		fchmod(fd, 0700);
	return fd;
}

static bool move_up(struct emptying *e, int dir, const char *name)
{
	char number[24];

	do {
		snprintf(number, sizeof(number), "%lu", e->number++);
		if (renameat(dir, name, e->top, number) == 0)
			return true;
		/* Something of the tree has this name. */
	} while (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR);
	return false;
}

/* A name below the top. A folder that cannot be moved, such as on a disk that
 * is full, is the next to be emptied where it is. */
static bool remove_below(struct emptying *e, int *below, int dir,
			 const char *name)
{
	int removed = remove_name(dir, name), fd;
	bool moved;

	if (removed)
		return removed > 0;
	if (move_up(e, dir, name))
		return true;
	fd = open_below(e, dir, name);
	if (fd < 0)
		return false;
	/* Now that this user may write to it, it can be moved. */
	moved = move_up(e, dir, name);
	if (!moved && *below < 0)
		*below = fd;
	else
		close(fd);
	return moved;
}

static bool remove_at_top(struct emptying *e, int *below, int dir,
			  const char *name)
{
	int removed = remove_name(dir, name), fd;
	bool changed = false;

	(void)below;
	if (removed)
		return removed > 0;
	fd = open_below(e, dir, name);
	while (fd >= 0) {
		int next;

		if (visit_all(e, &next, fd, remove_below))
			changed = true;
		close(fd);
		fd = next;
	}
	return unlinkat(dir, name, AT_REMOVEDIR) == 0 || changed;
}

void oci_folder_empty(int fd)
{
	struct emptying e = { .top = fd, .left = ENTRIES_MAX };
	struct stat st;
	int below;

	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
		return;
	e.device = st.st_dev;
	fchmod(fd, 0700);
	while (visit_all(&e, &below, fd, remove_at_top))
		;
}
