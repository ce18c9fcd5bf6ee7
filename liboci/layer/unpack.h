/* SPDX-License-Identifier: Apache-2.0 */
/* Members of archives into trees. */
#ifndef LAYER_UNPACK_H
#define LAYER_UNPACK_H

#include <oci/tree.h>

#include "layer/reader.h"

/*
 * Adds all members of reader that filter takes. path is where they go, clean;
 * source is what to call the archive, alive as long as the tree.
 */
int oci_unpack(struct oci_tree *tree, struct oci_reader *reader,
	       const char *path, const char *source,
	       const struct oci_filter *filter,
	       const struct oci_attributes *attrs, struct oci_error *err);

#endif
