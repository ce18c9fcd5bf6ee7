/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes, such as file capabilities: of archive members, of files
 * on disk and of specs. */
#ifndef LAYER_XATTR_H
#define LAYER_XATTR_H

#include "base/buf.h"
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
void oci_xattr_write(struct archive_entry *entry, const struct oci_node *node);

/* Returns whether libarchive writes a name unchanged. */
bool oci_xattr_name_is_plain(const char *name);
/* Returns whether size bytes at text are libarchive's encoding of a name. */
bool oci_xattr_name_is_encoded(const char *text, size_t size, const char *name);
/* Copies the header that libarchive wrote for a node to out, with the unencoded
 * names of its attributes. Only for nodes with an attribute whose name is not
 * plain. */
int oci_xattr_restore(struct oci_buf *out, const struct oci_buf *header,
		      const struct oci_node *node, struct oci_error *err);

#endif
