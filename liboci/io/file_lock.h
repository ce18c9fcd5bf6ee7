/* SPDX-License-Identifier: Apache-2.0 */
/* Advisory locks on files: flock(2). */
#ifndef IO_FILE_LOCK_H
#define IO_FILE_LOCK_H

#include <oci/error.h>

#include "base/watch.h"

/*
 * Locks the file of fd for this process alone, until fd is closed. Waits two
 * minutes at most for another process: OCI_E_CONFLICT then, and OCI_E_CANCELLED
 * as soon as watch (may be NULL) is cancelled. Returns 0 without a lock on file
 * systems without locks. On NFS, the lock holds between machines if fd is open
 * for writing; otherwise there is no lock. what names the file in messages.
 * Blocks the calling thread.
 */
int oci_file_lock(int fd, const char *what, const struct oci_watch *watch,
		  struct oci_error *err);

/*
 * Locks the folder of the file path, before that file is replaced by a rename.
 * *fd is the folder, which the caller closes to unlock it; -1, without a lock,
 * if this process may not read the folder.
 */
int oci_folder_lock(int *fd, const char *path, const struct oci_watch *watch,
		    struct oci_error *err);

#endif
