/* SPDX-License-Identifier: Apache-2.0 */
/* The input of an archive: a file, or standard input. */
#ifndef STORE_INPUT_H
#define STORE_INPUT_H

#include "base/watch.h"

/*
 * Opens a descriptor to read from at any offset; the caller closes it. "-" is
 * standard input: what comes from a pipe goes to a temporary file in temp_dir
 * first, up to as many bytes as watch lets an archive inflate to. OCI_E_INVALID
 * if standard input is a terminal or empty.
 */
int oci_input_open(int *fd, const char *path, const char *temp_dir,
		   const struct oci_watch *watch, struct oci_error *err);

#endif
