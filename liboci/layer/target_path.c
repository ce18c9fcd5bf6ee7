/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the target path of each entry. If a directory of its path is a symlink,
 * in this layer or below, the entry goes to the link's target inside the image.
 *
 * The target path of a link may depend on other links. Therefore links are
 * resolved in rounds, each with the paths of the round before, until no path
 * changes. All other entries are then resolved once.
 */
#include <string.h>

#include "base/error.h"
#include "layer/node.h"
#include "layer/rootfs.h"

enum { ROUNDS_MAX = 40 };

/* Returns whether other paths may lead through the node: a symlink, or a
 * directory that replaces a symlink of a lower layer. */
static bool affects_paths(const struct oci_node *node)
{
	return node->type == OCI_ENTRY_SYMLINK ||
	       (node->type == OCI_ENTRY_DIRECTORY && node->replace);
}

/* Marks a symlink that replaces another one of its archive. */
static void mark_twice(struct oci_node *node, const struct oci_table *table)
{
	const struct oci_node *old =
		oci_table_get(table, node->path, strlen(node->path));

	if (old && old != node && node->within && old->within == node->within &&
	    old->type == OCI_ENTRY_SYMLINK && node->type == OCI_ENTRY_SYMLINK)
		node->twice =
			old->twice || strcmp(old->target, node->target) != 0;
}

static int index_links(struct oci_table *table, const struct oci_tree *tree,
		       struct oci_error *err)
{
	int rc = 0;

	oci_table_release(table);
	for (size_t i = 0; !rc && i < tree->count; i++) {
		struct oci_node *node = tree->nodes[i];
		size_t size = strlen(node->path);

		if (affects_paths(node)) {
			mark_twice(node, table);
			rc = oci_table_set(table, node->path, size, node, err);
		} else if (node->replace)
			oci_table_remove(table, node->path, size);
	}
	return rc;
}

/* A directory goes to the target of a symlink at its path. */
static bool follows_last(const struct oci_node *node)
{
	return node->type == OCI_ENTRY_DIRECTORY && !node->replace;
}

static int resolve(char *out, bool *through, const struct oci_view *view,
		   const struct oci_node *node, struct oci_error *err)
{
	return oci_view_resolve(out, through, view, node->wanted,
				follows_last(node), node->within, err);
}

static int fail_escape(const struct oci_node *node, const char *path,
		       struct oci_error *err)
{
	return oci_fail(err, OCI_E_INVALID,
			OCI_POSITION_FORMAT
			"archive '%s': member '/%s' leads "
			"through a link of the archive to '/%s', outside of "
			"'/%s': exclude it",
			OCI_POSITION(node), node->source ? node->source : "",
			node->wanted, path, node->within);
}

/* Checks that a member stays below its archive's folder. */
static int check_within(const struct oci_view *view,
			const struct oci_node *node, const char *path,
			struct oci_error *err)
{
	char base[OCI_PATH_MAX];
	int rc = oci_view_resolve(base, NULL, view, node->within, true, NULL,
				  err);

	if (rc || oci_path_within(path, base))
		return rc;
	return fail_escape(node, path, err);
}

/* tar would follow the link that exists when the member is unpacked; this
 * library uses the last one. */
static int fail_twice(const struct oci_node *node, const struct oci_node *link,
		      struct oci_error *err)
{
	return oci_fail(err, OCI_E_UNSUPPORTED,
			OCI_POSITION_FORMAT
			"archive '%s': member '/%s' leads "
			"through the symlink '/%s', which the archive has with "
			"more than one target: unpack the archive, and name "
			"the folder in 'from'",
			OCI_POSITION(node), node->source ? node->source : "",
			node->wanted, link->path);
}

/* Checks a resolved path as strictly as the path that was given, because the
 * target of a link may have a part ".wh.NAME", which would remove NAME. */
static int check_path(const struct oci_node *node, const char *path,
		      struct oci_error *err)
{
	char clean[OCI_PATH_MAX];
	int rc = oci_path_clean(clean, path, err);

	if (!rc)
		rc = oci_node_check_name(clean, err);
	if (!rc)
		return 0;
	return oci_wrap(err, rc, OCI_POSITION_FORMAT "path '/%s'",
			OCI_POSITION(node), node->wanted);
}

static int resolve_node(struct oci_tree *tree, struct oci_node *node,
			const struct oci_view *view, bool *moved,
			struct oci_error *err)
{
	char path[OCI_PATH_MAX];
	bool through = false;
	int rc;

	*view->twice = NULL;
	rc = resolve(path, &through, view, node, err);
	if (!rc && *view->twice)
		return fail_twice(node, *view->twice, err);
	if (rc)
		return oci_wrap(err, rc, OCI_POSITION_FORMAT "path '/%s'",
				OCI_POSITION(node), node->wanted);
	if (through)
		rc = check_within(view, node, path, err);
	if (rc || strcmp(path, node->path) == 0)
		return rc;
	rc = check_path(node, path, err);
	if (rc)
		return rc;
	*moved = true;
	if (strcmp(path, node->wanted) == 0) {
		node->path = node->wanted;
		return 0;
	}
	rc = oci_tree_spend(tree, strlen(path), false, err);
	return rc ? rc : oci_node_text(&node->path, tree, path, err);
}

static int resolve_links(struct oci_tree *tree, struct oci_table *table,
			 const struct oci_view *view, struct oci_error *err)
{
	bool moved = true;
	int rc = 0;

	for (int round = 0; !rc && moved; round++) {
		if (round == ROUNDS_MAX)
			return oci_fail(err, OCI_E_INVALID,
					"the layer's links form a loop: "
					"remove one");
		rc = index_links(table, tree, err);
		moved = false;
		for (size_t i = 0; !rc && i < tree->count; i++)
			if (affects_paths(tree->nodes[i]))
				rc = resolve_node(tree, tree->nodes[i], view,
						  &moved, err);
	}
	return rc;
}

int oci_tree_resolve_targets(struct oci_tree *tree,
			     const struct oci_rootfs *lower,
			     struct oci_error *err)
{
	struct oci_table links = { 0 };
	uint64_t budget = OCI_WALK_BUDGET;
	const struct oci_node *twice = NULL;
	struct oci_view view = {
		.own = &links,
		.lower = lower,
		.budget = &budget,
		.twice = &twice,
	};
	bool moved;
	int rc = resolve_links(tree, &links, &view, err);

	for (size_t i = 0; !rc && i < tree->count; i++)
		if (!affects_paths(tree->nodes[i]))
			rc = resolve_node(tree, tree->nodes[i], &view, &moved,
					  err);
	for (size_t i = 0; !rc && i < tree->count; i++) {
		struct oci_node *node = tree->nodes[i];
		char path[OCI_PATH_MAX];

		if (node->type != OCI_ENTRY_HARDLINK)
			continue;
		rc = oci_view_resolve(path, NULL, &view, node->target, false,
				      NULL, err);
		if (!rc)
			rc = oci_tree_spend(tree, strlen(path), false, err);
		if (!rc)
			rc = oci_node_text(&node->target, tree, path, err);
	}
	oci_table_release(&links);
	return rc;
}
