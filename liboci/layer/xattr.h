/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes, such as file capabilities: of archive members, of files
 * on disk and of specs. */
#ifndef LAYER_XATTR_H
#define LAYER_XATTR_H

#include "layer/libarchive.h"
#include "layer/node.h"

int oci_xattr_copy(struct oci_xattr **out, struct oci_arena *arena,
		   const struct oci_xattr *from, struct oci_error *err);
/* Adds all attributes of a directory of a lower layer, because the directory
 * may be written again. Sets *bytes to the size of their names and values,
 * which counts as names (OCI_NAMES_MAX). */
int oci_xattr_read_lower(struct oci_xattr **list, uint64_t *bytes,
			 struct oci_arena *arena, struct archive_entry *entry,
			 struct oci_error *err);
/* Adds all attributes of a member of a layer, except those of overlay; *bytes
 * as above. An attribute that bsdtar wrote in two notations is added once. */
int oci_xattr_read_all(struct oci_xattr **list, uint64_t *bytes,
		       struct oci_arena *arena, struct archive_entry *entry,
		       struct oci_error *err);
/* Whether two sorted lists have the same names and values. */
bool oci_xattr_same(const struct oci_xattr *a, const struct oci_xattr *b);
/* Adds the attributes of an archive's member that an image keeps. They count as
 * names (OCI_NAMES_MAX). */
int oci_xattr_add_from_archive(struct oci_node *node, struct oci_tree *tree,
			       struct archive_entry *entry,
			       struct oci_error *err);
/* Adds the capabilities of the file at path, if there are any. */
int oci_xattr_add_from_disk(struct oci_node *node, struct oci_tree *tree,
			    const char *path, struct oci_error *err);
/* Adds the attributes that attrs (may be NULL) lists, such as those of a
 * spec. */
int oci_xattr_set(struct oci_node *node, struct oci_tree *tree,
		  const struct oci_attributes *attrs, struct oci_error *err);

#endif
