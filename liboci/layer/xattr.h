/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes of archive members, such as file capabilities. */
#ifndef LAYER_XATTR_H
#define LAYER_XATTR_H

#include "layer/libarchive.h"
#include "layer/node.h"

int oci_xattr_read(struct oci_node *node, struct oci_tree *tree,
		   struct archive_entry *entry, struct oci_error *err);
void oci_xattr_write(struct archive_entry *entry, const struct oci_node *node);

#endif
