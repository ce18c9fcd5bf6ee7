/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside an image, kept as "usr/bin/tini": no leading or trailing
 * slash, no empty, "." or ".." part. The root is "".
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/error.h>

/* The longest path that is taken: Linux' PATH_MAX with its NUL. */
#define OCI_PATH_MAX 4096

/*
 * Brings a path into the form above. A leading "/" and "./" are dropped; a
 * ".." part, a NUL, bytes that are not UTF-8, a part of more than 255 bytes
 * and a path of OCI_PATH_MAX or more are OCI_E_INVALID.
 */
int oci_path_clean(char out[OCI_PATH_MAX], const char *path,
		   struct oci_error *err);
/* "DIR/NAME", or NAME where dir is the root. OCI_E_LIMIT when too long. */
int oci_path_join(char out[OCI_PATH_MAX], const char *dir, const char *name,
		  struct oci_error *err);
/* The last part of path, borrowed from it. */
const char *oci_path_name(const char *path);
/* The length of the parent's path: 0 for something in the root. */
size_t oci_path_parent(const char *path);
/* Whether a part of path, of whichever form, is "..". */
bool oci_path_has_parent(const char *path);
/* Whether path is dir itself or lies below it. */
bool oci_path_within(const char *path, const char *dir);

#endif
