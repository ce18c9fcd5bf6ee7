/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small files of a tree as one source, so that a thread can read them
 * ahead: opening, reading and closing one takes longer than what is done with
 * its bytes.
 */
#ifndef LAYER_SMALL_H
#define LAYER_SMALL_H

#include <stdbool.h>

#include <oci/stream.h>

#include "layer/node.h"

/* Whether a node is a file on disk of 1 byte to 64 KiB. */
bool oci_small_is(const struct oci_node *node);

/* The bytes of all such files of a settled tree, one after the other, from
 * nodes[first] on: node->size of each, as oci_content_open gives them. tree is
 * borrowed. */
int oci_small_open(struct oci_source **out, const struct oci_tree *tree,
		   size_t first, struct oci_error *err);

#endif
