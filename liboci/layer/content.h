/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a tree's files: remembering, reading and comparing them. */
#ifndef LAYER_CONTENT_H
#define LAYER_CONTENT_H

#include <oci/stream.h>

#include "layer/node.h"
#include "layer/reader.h"

/* Gives node its content: a file on disk, which lives as long as the tree. */
void oci_content_set_disk(struct oci_node *node,
			  const struct oci_disk_file *file, uint64_t size);
/* Copies the reader's present member, `entry`, to the tree's spool, holes as
 * holes; OCI_E_CORRUPT if it has not the size that its header says. */
int oci_content_spool(struct oci_node *node, struct oci_tree *tree,
		      struct oci_reader *reader, struct archive_entry *entry,
		      struct oci_error *err);
/*
 * Opens a file's bytes. The source ends after node->size bytes; a file on
 * disk that is shorter, longer, or otherwise not the one that was added, is
 * OCI_E_CHANGED.
 */
int oci_content_open(struct oci_source **out, const struct oci_tree *tree,
		     const struct oci_node *node, struct oci_error *err);
/* Whether two files have the same bytes. */
int oci_content_equal(bool *out, const struct oci_tree *tree,
		      const struct oci_node *a, const struct oci_node *b,
		      struct oci_error *err);

#endif
