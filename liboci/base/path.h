/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside an image, in the form "usr/bin/tini": no leading or trailing
 * slash, no empty, "." or ".." part. The root is "".
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/error.h>

/* Linux's PATH_MAX, which counts the NUL. */
#define OCI_PATH_MAX 4096

/*
 * Converts a path to the form above. A leading "/" and "./" are dropped; a ".."
 * part, a NUL, bytes that are not UTF-8, a part of more than 255 bytes and a
 * path of OCI_PATH_MAX or more are OCI_E_INVALID.
 */
int oci_path_clean(char out[OCI_PATH_MAX], const char *path,
		   struct oci_error *err);
/* Makes "DIR/NAME", or NAME if dir is the root. OCI_E_LIMIT: too long. */
int oci_path_join(char out[OCI_PATH_MAX], const char *dir, const char *name,
		  struct oci_error *err);
/* Returns the last part of path, borrowed. */
const char *oci_path_name(const char *path);
/* Returns the length of the parent's path: 0 if the parent is the root. */
size_t oci_path_parent(const char *path);
/* Returns whether a part of path is "..". path may have any form. */
bool oci_path_has_parent(const char *path);
/* Returns whether path is dir itself or below it. */
bool oci_path_within(const char *path, const char *dir);

#endif
