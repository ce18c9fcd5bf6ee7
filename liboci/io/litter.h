/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Litter: temporary files that processes left when they were killed. A process
 * holds flock(2) on each of its named temporary files (temp.h), so a file whose
 * lock can be taken belongs to no process.
 */
#ifndef IO_LITTER_H
#define IO_LITTER_H

#include <stdbool.h>

/* Bytes of NAME in DIR/.NAME.PID-N.tmp; longer names are cut. */
enum { OCI_LITTER_NAME = 200 };

/*
 * Removes the litter of files called name in dir; name NULL: of any file. Only
 * regular files of this user, and folders of this user with nothing except
 * litter in them, are removed, and only on file systems whose locks are known
 * to hold between all processes. Reads 10,000 entries of dir at most. Does not
 * fail: what cannot be removed stays.
 */
void oci_litter_remove(const char *dir, const char *name);

/* Returns whether the file system of fd is a local one, with locks. */
bool oci_fd_is_local(int fd);
/* Returns 1 if path, relative to dir, is a name of the file fd, 0 if not, and
 * -1 if that is unknown. */
int oci_fd_is_named(int fd, int dir, const char *path);

#endif
