/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an image on disk. */
#ifndef CLI_EXTRACT_H
#define CLI_EXTRACT_H

#include <oci/rootfs.h>

/* Fails unless nothing is at path, or an empty folder that can be replaced. */
int extract_check_folder(const char *path, struct oci_error *err);

/*
 * Writes the files at path to the folder `output`, which does not exist or is
 * empty. They are written to a new folder beside it, which gets its name at
 * the end. Owners and devices need root, and are left out otherwise; *left_out
 * is the number of devices that were.
 */
int extract_to_folder(unsigned long *left_out, const struct oci_rootfs *rootfs,
		      const char *path, const char *output,
		      struct oci_error *err);

#endif
