/* SPDX-License-Identifier: Apache-2.0 */
/* Trees whose nodes have any value that the fields have room for, and the tar
 * of such a tree. Comes after helpers.h. */
#ifndef TESTS_TAR_NODES_H
#define TESTS_TAR_NODES_H

#include "helpers.h"

#include "layer/node.h"
#include "layer/tar.h"

enum { NODES = 20000 };

UNUSED static struct oci_tree *new_tree(void)
{
	struct oci_error err;
	struct oci_tree *tree;

	check_done(oci_tree_new(&tree, NULL, &err), &err, "new");
	tree->capacity = NODES;
	tree->nodes = calloc(tree->capacity, sizeof(*tree->nodes));
	assert_non_null(tree->nodes);
	tree->settled = true;
	return tree;
}

/* Adds a node without the checks of oci_node_add. */
UNUSED static struct oci_node *
add_node(struct oci_tree *tree, enum oci_entry_type type, const char *path)
{
	struct oci_node *node = oci_arena_alloc(&tree->arena, sizeof(*node));

	assert_non_null(node);
	assert_true(tree->count < tree->capacity);
	tree->nodes[tree->count++] = node;
	node->type = (unsigned char)type;
	node->path = oci_arena_text(&tree->arena, path);
	node->mode = 0644;
	node->mtime = 1000000000;
	return node;
}

UNUSED static struct oci_node *
add_link(struct oci_tree *tree, enum oci_entry_type type, const char *target)
{
	struct oci_node *node = add_node(tree, type, "link");

	node->target = oci_arena_text(&tree->arena, target);
	return node;
}

/* Attributes are added in the order of their names. */
UNUSED static void add_xattr(struct oci_tree *tree, struct oci_node *node,
			     const char *name, const void *value, size_t size)
{
	struct oci_xattr *attr = oci_arena_alloc(&tree->arena, sizeof(*attr));
	struct oci_xattr **at = &node->xattrs;

	assert_non_null(attr);
	attr->name = oci_arena_text(&tree->arena, name);
	attr->value = oci_arena_copy(&tree->arena, value, size);
	attr->size = size;
	while (*at)
		at = &(*at)->next;
	*at = attr;
}

UNUSED static int write_nodes(struct memory_sink *out,
			      const struct oci_tree *tree,
			      struct oci_error *err)
{
	static const struct oci_tar_progress none;

	*out = (struct memory_sink)MEMORY_SINK;
	return oci_tar_write(tree, &out->base, NULL, 0, &none, err);
}

/* FNV-1a; the first hash is FNV_START. */
#define FNV_START UINT64_C(0xcbf29ce484222325)

UNUSED static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

#endif
