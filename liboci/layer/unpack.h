/* SPDX-License-Identifier: Apache-2.0 */
/* Adds members of archives to trees. */
#ifndef LAYER_UNPACK_H
#define LAYER_UNPACK_H

#include <oci/tree.h>

#include "layer/reader.h"

/*
 * Adds all members of reader that filter selects, below the clean path `path`.
 * source names the archive in messages, and has to outlive the tree.
 */
int oci_unpack(struct oci_tree *tree, struct oci_reader *reader,
	       const char *path, const char *source,
	       const struct oci_filter *filter,
	       const struct oci_attributes *attrs, struct oci_error *err);

#endif
