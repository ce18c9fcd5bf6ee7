/* SPDX-License-Identifier: Apache-2.0 */
/* One name of a folder that is listed. */
#ifndef LAYER_LISTED_H
#define LAYER_LISTED_H

#include <sys/stat.h>

#include "layer/listing.h"
#include "layer/stamp.h"

/* What stat says of path; its name starts at the offset `name`. Everything is
 * in the arena. */
int oci_listed_new(struct oci_listed **out, struct oci_arena *arena,
		   const char *path, size_t name, const struct stat *st,
		   struct oci_error *err);
/* The target of a link in the open folder dir: 1 to OCI_PATH_MAX - 1 bytes. */
int oci_listed_target(struct oci_listed *listed, struct oci_arena *arena,
		      int dir, struct oci_error *err);
/* Adds what stands for it: of a folder, without what is in it. */
int oci_listed_stamp(struct oci_stamp *stamp, const struct oci_listed *listed,
		     const struct stat *st, struct oci_error *err);

#endif
