/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completes a tree: finds conflicts, adds missing parent directories, copies
 * attributes of directories in lower layers, and sorts the entries.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "layer/content.h"
#include "layer/node.h"
#include "layer/rootfs.h"
#include "layer/xattr.h"

struct settle {
	struct oci_tree *tree;
	const struct oci_rootfs *lower;
	struct oci_table table; /* path to node */
};

static const char *type_name(unsigned type)
{
	static const char *const names[] = {
		"nothing", "a file", "a directory", "a symlink", "a hard link",
		"a device", "a device", "a fifo", "a removal",
	};

	return names[type];
}

/* Returns whether a node comes from a Debian package. If the later node of a
 * conflict does, so does the earlier one, because packages are added first in a
 * layer. They have no option `replace`, so the advice is another one. */
static bool is_package(const struct oci_node *node)
{
	size_t size = node->source ? strlen(node->source) : 0;

	return node->rank == OCI_RANK_BROUGHT && size > 4 &&
	       strcmp(node->source + size - 4, ".deb") == 0;
}

static int fail_conflict(const struct oci_node *old,
			 const struct oci_node *node, struct oci_error *err)
{
	const char *by = old->position ? old->position : "an earlier entry";

	return oci_fail(
		err, OCI_E_CONFLICT,
		OCI_POSITION_FORMAT "two sources for '/%s': %s%s%s%s "
				    "and %s%s%s: %s",
		OCI_POSITION(node), node->path, by, old->source ? " ('" : "",
		old->source ? old->source : "", old->source ? "')" : "",
		type_name(node->type), node->source ? " from " : " here",
		node->source ? node->source : "",
		is_package(node)
			? "leave one package out, or put the later one "
			  "into another layer"
			: "remove one, or set 'replace: true' in the "
			  "later one");
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static int is_identical(bool *out, const struct oci_tree *tree,
			const struct oci_node *a, const struct oci_node *b,
			struct oci_error *err)
{
	*out = a->type == b->type && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && a->mtime == b->mtime &&
	       a->major == b->major && a->minor == b->minor &&
	       same_text(a->target, b->target) &&
	       oci_xattr_same(a->xattrs, b->xattrs);
	if (*out && a->type == OCI_ENTRY_FILE)
		return oci_content_equal(out, tree, a, b, err);
	return 0;
}

/* If an archive has a name twice, the last member counts: tar(1). */
static bool same_archive(const struct oci_node *old,
			 const struct oci_node *node)
{
	return node->rank == OCI_RANK_BROUGHT && node->source &&
	       node->source == old->source;
}

/* Merges two directories at one path into one node. */
static void merge_directories(struct oci_node *old, struct oci_node *node)
{
	bool newer = node->rank > old->rank || same_archive(old, node) ||
		     (node->rank == OCI_RANK_EXPLICIT &&
		      old->rank == OCI_RANK_EXPLICIT);

	if (newer) {
		old->mode = node->mode;
		old->uid = node->uid;
		old->gid = node->gid;
		old->mtime = node->mtime;
		old->xattrs = node->xattrs;
		old->rank = node->rank;
		old->position = node->position;
		old->source = node->source;
	}
	node->type = 0;
}

static int add_path(struct settle *s, struct oci_node *node,
		    struct oci_error *err)
{
	size_t size = strlen(node->path);
	struct oci_node *old = oci_table_get(&s->table, node->path, size);
	bool identical;
	int rc;

	if (!old)
		return oci_table_set(&s->table, node->path, size, node, err);
	if (old->type == OCI_ENTRY_DIRECTORY &&
	    node->type == OCI_ENTRY_DIRECTORY) {
		merge_directories(old, node);
		return 0;
	}
	if (node->replace || same_archive(old, node)) {
		old->type = 0;
		return oci_table_set(&s->table, node->path, size, node, err);
	}
	rc = is_identical(&identical, s->tree, old, node, err);
	if (rc)
		return rc;
	if (!identical)
		return fail_conflict(old, node, err);
	node->type = 0;
	return 0;
}

/*
 * Copies the attributes of a directory in a lower layer. Overlay graph drivers
 * unpack each layer by itself, and would use defaults instead.
 */
static int copy_attributes(struct oci_node *node, struct oci_tree *tree,
			   const struct oci_rootfs_entry *below,
			   struct oci_error *err)
{
	node->mode = below->mode;
	node->uid = below->uid;
	node->gid = below->gid;
	node->mtime = below->mtime;
	return oci_xattr_copy(&node->xattrs, &tree->arena, below->xattrs, err);
}

/* Compares a node with the lower layers' entry of the same path. */
static int check_below(const struct settle *s, struct oci_node *node,
		       struct oci_error *err)
{
	const struct oci_rootfs_entry *below =
		oci_rootfs_get(s->lower, node->path, strlen(node->path));
	bool directory = node->type == OCI_ENTRY_DIRECTORY;

	if (node->type == OCI_ENTRY_WHITEOUT && !below)
		return oci_fail(err, OCI_E_NOT_FOUND,
				OCI_POSITION_FORMAT "remove '/%s': no lower "
						    "layer has it",
				OCI_POSITION(node), node->wanted);
	if (!below || node->type == OCI_ENTRY_WHITEOUT || node->replace)
		return 0;
	if (directory && below->type == OCI_ENTRY_DIRECTORY) {
		/* Only an explicit entry changes a lower directory. */
		if (node->rank < OCI_RANK_EXPLICIT)
			return copy_attributes(node, s->tree, below, err);
		/* The entry gets the lower directory's extended attributes,
		 * unless it has its own. */
		return node->xattrs ? 0 : oci_xattr_copy(&node->xattrs,
							 &s->tree->arena,
							 below->xattrs, err);
	}
	if (!directory && below->type != OCI_ENTRY_DIRECTORY)
		return 0;
	return oci_fail(err, OCI_E_CONFLICT,
			OCI_POSITION_FORMAT
			"'/%s' is %s, but %s in a lower "
			"layer, which it would hide: choose another path, or "
			"set 'replace: true'",
			OCI_POSITION(node), node->path, type_name(node->type),
			type_name(below->type));
}

static int imply(struct settle *s, const char *path, size_t size,
		 struct oci_error *err)
{
	struct oci_tree *tree = s->tree;
	struct oci_node **nodes = oci_array_grow(tree->nodes, &tree->capacity,
						 tree->count + 1,
						 sizeof(*nodes));
	struct oci_node *node;
	int rc = nodes ? oci_tree_spend(tree, size, true, err) :
			 oci_fail_nomem(err);

	tree->nodes = nodes ? nodes : tree->nodes;
	if (rc)
		return rc;
	node = oci_arena_alloc(&tree->arena, sizeof(*node));
	if (node)
		node->path = oci_arena_copy(&tree->arena, path, size);
	if (!node || !node->path)
		return oci_fail_nomem(err);
	node->wanted = node->path;
	node->type = OCI_ENTRY_DIRECTORY;
	node->rank = OCI_RANK_IMPLIED;
	node->mode = 0755;
	node->mtime = tree->epoch >= 0 ? tree->epoch : 0;
	nodes[tree->count++] = node;
	return oci_table_set(&s->table, node->path, size, node, err);
}

static int fail_parent(const struct oci_node *node, const char *path,
		       size_t size, unsigned type,
		       struct oci_error *err)
{
	return oci_fail(err, OCI_E_CONFLICT,
			OCI_POSITION_FORMAT
			"'/%s' lies under '/%.*s', which is "
			"%s: choose another path",
			OCI_POSITION(node), node->path, (int)size, path,
			type_name(type));
}

/* Adds the missing parents of a node. If this layer or a lower one has a
 * parent's path, it has to be a directory there. */
static int check_parents(struct settle *s, const struct oci_node *node,
			 struct oci_error *err)
{
	const char *path = node->path;
	size_t size = oci_path_parent(path);
	int rc = 0;

	while (!rc && size) {
		const struct oci_node *own = oci_table_get(&s->table, path,
							   size);
		const struct oci_rootfs_entry *below;

		if (own && own->type == OCI_ENTRY_DIRECTORY)
			return 0;
		if (own)
			return fail_parent(node, path, size, own->type, err);
		below = oci_rootfs_get(s->lower, path, size);
		if (below && below->type != OCI_ENTRY_DIRECTORY)
			return fail_parent(node, path, size, below->type, err);
		rc = imply(s, path, size, err);
		while (size && path[size - 1] != '/')
			size--;
		size -= size > 0;
	}
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct oci_node *left = *(struct oci_node *const *)a;
	const struct oci_node *right = *(struct oci_node *const *)b;

	return strcmp(left->path, right->path);
}

/* Sets a whiteout's path to its name in the tar. */
static int name_whiteout(struct oci_tree *tree, struct oci_node *node,
			 struct oci_error *err)
{
	size_t parent = oci_path_parent(node->path);
	char path[OCI_PATH_MAX + sizeof(OCI_WHITEOUT_PREFIX)];

	snprintf(path, sizeof(path), "%.*s%s" OCI_WHITEOUT_PREFIX "%s",
		 (int)parent, node->path, parent ? "/" : "",
		 oci_path_name(node->path));
	node->target = node->path;
	return oci_node_text(&node->path, tree, path, err);
}

static void drop_and_sort(struct oci_tree *tree)
{
	size_t kept = 0;

	for (size_t i = 0; i < tree->count; i++)
		if (tree->nodes[i]->type)
			tree->nodes[kept++] = tree->nodes[i];
	tree->count = kept;
	if (kept)
		qsort(tree->nodes, kept, sizeof(*tree->nodes), by_path);
	tree->settled = true;
}

static int settle(struct settle *s, struct oci_error *err)
{
	struct oci_tree *tree = s->tree;
	size_t added = tree->count;
	int rc = oci_tree_resolve_targets(tree, s->lower, err);

	for (size_t i = 0; !rc && i < added; i++)
		if (tree->nodes[i]->type)
			rc = add_path(s, tree->nodes[i], err);
	for (size_t i = 0; !rc && i < added; i++)
		if (tree->nodes[i]->type)
			rc = check_parents(s, tree->nodes[i], err);
	if (!rc)
		rc = oci_tree_link(tree, &s->table, s->lower, err);
	for (size_t i = 0; !rc && i < tree->count; i++)
		if (tree->nodes[i]->type)
			rc = check_below(s, tree->nodes[i], err);
	for (size_t i = 0; !rc && i < tree->count; i++)
		if (tree->nodes[i]->type == OCI_ENTRY_WHITEOUT)
			rc = name_whiteout(tree, tree->nodes[i], err);
	if (!rc)
		drop_and_sort(tree);
	return rc;
}

int oci_tree_settle(struct oci_tree *tree, const struct oci_rootfs *lower,
		    struct oci_error *err)
{
	struct settle s = {.tree = tree, .lower = lower};
	int rc;

	if (tree->settled)
		return 0;
	rc = settle(&s, err);
	oci_table_release(&s.table);
	return rc;
}
