/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is written under a temporary name, so that a command that fails
 * leaves the file that was there. */
#ifndef CLI_NEW_FILE_H
#define CLI_NEW_FILE_H

#include <stdio.h>

#include <oci/error.h>

/* All zero: not open. */
struct new_file {
	const char *path;	/* borrowed */
	char *temp;		/* NULL: path is no regular file, such as
				 * /dev/stdout, and is written to directly */
	FILE *out;		/* NULL once it is complete */
};

int new_file_open(struct new_file *file, const char *path,
		  struct oci_error *err);
/* Writes the bytes to disk and closes the file. */
int new_file_finish(struct new_file *file, struct oci_error *err);
/* Renames the file to its path; does nothing if it is not open. */
int new_file_publish(struct new_file *file, struct oci_error *err);
/* Removes a file that was not published. May be called in any state. */
void new_file_release(struct new_file *file);

#endif
