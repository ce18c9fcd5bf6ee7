/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a tree's files: where they are, reading and comparing them. */
#ifndef LAYER_CONTENT_H
#define LAYER_CONTENT_H

#include <oci/stream.h>

#include "layer/node.h"
#include "layer/reader.h"

/* Makes a file on disk the content of node. *file has to outlive the tree. */
void oci_content_set_disk(struct oci_node *node,
			  const struct oci_disk_file *file, uint64_t size);
/* Copies the reader's present member, whose header is `entry`, to the tree's
 * spool, and makes it the content of node. Holes stay holes. OCI_E_CORRUPT if
 * the member has another size than its header says. */
int oci_content_spool(struct oci_node *node, struct oci_tree *tree,
		      struct oci_reader *reader, struct archive_entry *entry,
		      struct oci_error *err);
/*
 * Opens the bytes of a file. Reading fails with OCI_E_CHANGED if a file on disk
 * is not the one that was added to the tree: by its device, inode, size, mtime
 * or ctime, before the first byte and after the last one.
 */
int oci_content_open(struct oci_source **out, const struct oci_tree *tree,
		     const struct oci_node *node, struct oci_error *err);
/* Sets *out if two files have the same bytes. */
int oci_content_equal(bool *out, const struct oci_tree *tree,
		      const struct oci_node *a, const struct oci_node *b,
		      struct oci_error *err);

#endif
