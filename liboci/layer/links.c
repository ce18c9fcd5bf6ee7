/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hard links. In a tar, a link has to follow its file, and entries are sorted.
 * Therefore the first path of each group of links gets the bytes.
 */
#include <string.h>

#include "base/error.h"
#include "layer/node.h"
#include "layer/rootfs.h"

static int fail_target(const struct oci_node *node,
		       const struct oci_rootfs *lower, struct oci_error *err)
{
	bool below = oci_rootfs_get(lower, node->target,
				    strlen(node->target)) != NULL;

	return oci_fail(err, OCI_E_INVALID,
			OCI_POSITION_FORMAT
			"hard link '/%s' to '/%s', which is "
			"%s",
			OCI_POSITION(node), node->wanted, node->target,
			below ? "in a lower layer: hard links work within one "
				"layer, use a symlink"
			      : "not a file of this layer: check the path, or "
				"add the file");
}

/* Finds the file of an archive's hard link. If another member or entry has
 * replaced that file, the first link becomes the file. */
static void set_linked_file(struct oci_node *node)
{
	struct oci_node *file = node->linked;

	if (!file->type && !file->file) {
		node->type = OCI_ENTRY_FILE;
		node->content = file->content;
		node->at = file->at;
		node->size = file->size;
		node->mode = file->mode;
		node->uid = file->uid;
		node->gid = file->gid;
		node->mtime = file->mtime;
		node->xattrs = file->xattrs;
		file->file = node;
	} else {
		node->file = file->type ? file : file->file;
	}
}

/* Sets the file of every link in the chain that starts at node. */
static void set_file(struct oci_node *node, struct oci_node *file,
		     const struct oci_table *table)
{
	while (node->type == OCI_ENTRY_HARDLINK && !node->file) {
		node->file = file;
		node = oci_table_get(table, node->target,
				     strlen(node->target));
	}
}

/* Finds the file at the end of a chain of hard links. */
static int find_file(struct oci_node *node, struct oci_table *table,
		     size_t limit, const struct oci_rootfs *lower,
		     struct oci_error *err)
{
	struct oci_node *target = node;

	for (size_t i = 0; i <= limit; i++) {
		target = oci_table_get(table, target->target,
				       strlen(target->target));
		if (!target || target == node)
			break;
		/* Each link's file is found once, which shortens chains. */
		if (target->file)
			target = target->file;
		if (target->type == OCI_ENTRY_FILE) {
			set_file(node, target, table);
			return 0;
		}
		if (target->type != OCI_ENTRY_HARDLINK)
			break;
	}
	return fail_target(node, lower, err);
}

static int swap_paths(struct oci_node *a, struct oci_node *b,
		      struct oci_table *table, struct oci_error *err)
{
	const char *path = a->path, *position = a->position;
	bool replace = a->replace;
	int rc;

	a->path = b->path;
	a->position = b->position;
	a->replace = b->replace;
	b->path = path;
	b->position = position;
	b->replace = replace;
	rc = oci_table_set(table, a->path, strlen(a->path), a, err);
	if (!rc)
		rc = oci_table_set(table, b->path, strlen(b->path), b, err);
	return rc;
}

int oci_tree_link(struct oci_tree *tree, struct oci_table *table,
		  const struct oci_rootfs *lower, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < tree->count; i++)
		if (tree->nodes[i]->type == OCI_ENTRY_HARDLINK &&
		    tree->nodes[i]->linked)
			set_linked_file(tree->nodes[i]);
	for (size_t i = 0; !rc && i < tree->count; i++)
		if (tree->nodes[i]->type == OCI_ENTRY_HARDLINK &&
		    !tree->nodes[i]->file)
			rc = find_file(tree->nodes[i], table, tree->count,
				       lower, err);
	for (size_t i = 0; !rc && i < tree->count; i++) {
		struct oci_node *node = tree->nodes[i];

		if (node->type == OCI_ENTRY_HARDLINK &&
		    strcmp(node->path, node->file->path) < 0)
			rc = swap_paths(node, node->file, table, err);
	}
	for (size_t i = 0; !rc && i < tree->count; i++) {
		struct oci_node *node = tree->nodes[i];

		if (node->type != OCI_ENTRY_HARDLINK)
			continue;
		node->target = node->file->path;
		node->mode = node->file->mode;
		node->uid = node->file->uid;
		node->gid = node->file->gid;
		node->mtime = node->file->mtime;
		/* Engines set the owner of a link when they unpack it, which
		 * removes the file's capabilities. So the link has them too. */
		node->xattrs = node->file->xattrs;
	}
	return rc;
}
