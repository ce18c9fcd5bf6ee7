/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary files. */
#ifndef IO_TEMP_H
#define IO_TEMP_H

#include <oci/error.h>

/*
 * Creates DIR/.NAME.PID-N.tmp for reading and writing, with the permissions of
 * mode less the umask. The caller frees *path and unlinks the file.
 */
int oci_temp_create(int *fd, char **path, const char *dir, const char *name,
		    unsigned mode, struct oci_error *err);
/* Opens an unlinked file in dir, readable and writable, close on exec. */
int oci_file_temporary(int *fd, const char *dir, struct oci_error *err);
/* Puts the folder of an unlinked file, which may be full, before an error about
 * fd. Of other files, the caller knows the name. Returns rc. */
int oci_temp_wrap(struct oci_error *err, int rc, int fd);

#endif
