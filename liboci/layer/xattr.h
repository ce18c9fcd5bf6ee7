/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes of archive members, such as file capabilities. */
#ifndef LAYER_XATTR_H
#define LAYER_XATTR_H

#include "layer/libarchive.h"
#include "layer/node.h"
#include "layer/rootfs.h"

/* Puts a copy into a list that is sorted by name, in place of an earlier one.
 */
int oci_xattr_put(struct oci_xattr **list, struct oci_arena *arena,
		  const char *name, const void *value, size_t size,
		  struct oci_error *err);
/* *out becomes a copy of the list. */
int oci_xattr_copy(struct oci_xattr **out, struct oci_arena *arena,
		   const struct oci_xattr *from, struct oci_error *err);
/* All attributes that a directory of a lower layer has: it is written again
 * with them, whatever they are. */
int oci_xattr_read_lower(struct oci_rootfs_entry *entry,
			 struct oci_rootfs *rootfs,
			 struct archive_entry *member, struct oci_error *err);
int oci_xattr_read(struct oci_node *node, struct oci_tree *tree,
		   struct archive_entry *entry, struct oci_error *err);
void oci_xattr_write(struct archive_entry *entry, const struct oci_node *node);

#endif
