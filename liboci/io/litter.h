/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Litter: stale temporary files, of processes that were killed. A process holds
 * flock(2) on each of its named temporary files (temp.h), so a file whose lock
 * can be taken belongs to no process.
 */
#ifndef IO_LITTER_H
#define IO_LITTER_H

#include <stdbool.h>

/* Bytes of NAME in DIR/.NAME.PID-N.tmp; longer names are cut. */
enum { OCI_LITTER_NAME = 200 };

/*
 * Removes stale temporary files .NAME.PID-N.tmp in dir whose NAME is name; name
 * NULL: any NAME. Only regular files of this user, and folders of this user
 * with nothing except such files in them, are removed, and only on file systems
 * whose locks are known to hold between all processes. Reads 10,000 entries of
 * dir at most, which takes about 10 ms. Does not fail: what cannot be removed
 * stays.
 */
void oci_litter_remove(const char *dir, const char *name);
/*
 * Removes stale temporary folders .NAME.PID-N.tmp in dir, with everything in
 * them. So the name has to be one that nobody gives to other folders. Removes
 * nothing unless dir belongs to root or to this user, and is sticky (chmod(2))
 * or not writable by its group and others, because another user could
 * otherwise rename a folder of this user to that name. The conditions on owner,
 * lock and file system are those of oci_litter_remove.
 */
void oci_litter_remove_trees(const char *dir, const char *name);
/*
 * litter_tree.c: removes everything in the folder fd, as far as it can. Follows
 * no symlink, and leaves what is mounted below. The folder of fd has mode 0700
 * afterwards. Allocates nothing.
 */
void oci_folder_empty(int fd);

/* Returns whether the file system of fd is a local one, with locks. */
bool oci_fd_is_local(int fd);
/* Returns 1 if path, relative to dir, is a name of the file fd, 0 if not, and
 * -1 if that is unknown. */
int oci_fd_is_named(int fd, int dir, const char *path);

#endif
