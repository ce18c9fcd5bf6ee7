/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a tree's files: remembering, reading and comparing them. */
#ifndef LAYER_CONTENT_H
#define LAYER_CONTENT_H

#include <sys/stat.h>

#include <oci/stream.h>

#include "layer/node.h"

/* Makes node the file on disk at path, with the attributes that follow. */
int oci_content_set_disk(struct oci_node *node, struct oci_tree *tree,
			 const char *path, const struct stat *st,
			 const struct oci_attributes *attrs,
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
