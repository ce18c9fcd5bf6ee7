/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that readers see complete or not at all: a temporary file in the same
 * folder is written, synced, and renamed.
 */
#ifndef IO_ATOMIC_H
#define IO_ATOMIC_H

#include <stddef.h>

#include <oci/error.h>

#include "io/temp.h"

struct oci_atomic {
	struct oci_temp temp;
	char *path;    /* the final name; NULL while not open */
	bool finished; /* synced, with a temporary name */
};

#define OCI_ATOMIC_INIT                                                        \
	{                                                                      \
		OCI_TEMP_INIT, NULL, false                                     \
	}

/* Makes the folder part of path, or "."; the caller frees it. */
int oci_path_folder(char **out, const char *path, struct oci_error *err);
/* Syncs a folder, so that its names survive a crash. Does nothing if this
 * process may not read the folder, or if the file system cannot sync
 * folders. */
int oci_folder_sync(const char *path, struct oci_error *err);

/* Opens file.temp.fd for writing, after removing what killed processes left of
 * earlier files for the same path. */
int oci_atomic_open(struct oci_atomic *file, const char *path,
		    struct oci_error *err);
/* Syncs the bytes, and gives the file its temporary name. Nothing may be
 * written afterwards. */
int oci_atomic_finish(struct oci_atomic *file, struct oci_error *err);
/* Calls oci_atomic_finish if that was not done, and renames the file. A crash
 * may lose the name until its folder is synced. */
int oci_atomic_publish(struct oci_atomic *file, struct oci_error *err);
/* Renames the file to its path and syncs the folder. After the rename it does
 * not fail: a folder that cannot be synced is ignored. Closes the file in any
 * case. */
int oci_atomic_commit(struct oci_atomic *file, struct oci_error *err);
/* Removes a file that was not committed. May be called in any state. */
void oci_atomic_release(struct oci_atomic *file);
/* Writes a whole file in one call. */
int oci_atomic_write(const char *path, const void *data, size_t size,
		     struct oci_error *err);

#endif
