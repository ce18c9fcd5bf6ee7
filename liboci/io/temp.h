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

#endif
