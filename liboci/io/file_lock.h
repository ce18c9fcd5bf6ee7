/* SPDX-License-Identifier: Apache-2.0 */
/* Advisory locks on files: flock(2). */
#ifndef IO_FILE_LOCK_H
#define IO_FILE_LOCK_H

#include <oci/error.h>

#include "base/watch.h"

/*
 * Locks the file of fd for this process alone, until fd is closed. Waits for
 * another holder, two minutes at most: OCI_E_CONFLICT then, and
 * OCI_E_CANCELLED as soon as watch (may be NULL) is cancelled. Returns 0
 * without a lock on file systems that have none; on NFS the lock holds between
 * machines if fd may be written to, and is none otherwise. what names the file
 * in messages. Blocks the calling thread.
 */
int oci_file_lock(int fd, const char *what, const struct oci_watch *watch,
		  struct oci_error *err);

/*
 * The same for the folder that the file path is in, for those who replace that
 * file by a rename. *fd is the folder, which the caller closes to give the lock
 * back; -1, without a lock, if this process may not read the folder.
 */
int oci_folder_lock(int *fd, const char *path, const struct oci_watch *watch,
		    struct oci_error *err);

#endif
