/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One source for the small files of a tree, so that a thread can read them
 * ahead: opening, reading and closing a file takes longer than processing its
 * bytes.
 */
#ifndef LAYER_SMALL_H
#define LAYER_SMALL_H

#include <stdbool.h>

#include <oci/stream.h>

#include "layer/node.h"

/* Returns whether a node is a file on disk of 1 byte to 64 KiB. */
bool oci_small_is(const struct oci_node *node);

/* Makes a source of all such files of a settled tree, from nodes[first] on:
 * node->size bytes of each, read by oci_content_open. tree is borrowed. */
int oci_small_open(struct oci_source **out, const struct oci_tree *tree,
		   size_t first, struct oci_error *err);

#endif
