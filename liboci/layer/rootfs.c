/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The union of layers, by path: types and link targets, no contents.
 * OCI Image Specification, layer.md, "Applying Changesets".
 */
#include "layer/rootfs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"

enum { ENTRIES_MAX = 5 * 1000 * 1000 };

int oci_rootfs_new(struct oci_rootfs **out, struct oci_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : oci_fail_nomem(err);
}

void oci_rootfs_free(struct oci_rootfs *rootfs)
{
	if (!rootfs)
		return;
	oci_keeping_release(&rootfs->keeping);
	oci_table_release(&rootfs->table);
	oci_arena_release(&rootfs->arena);
	free(rootfs);
}

const struct oci_rootfs_entry *oci_rootfs_get(const struct oci_rootfs *rootfs,
					      const char *path, size_t size)
{
	const struct oci_rootfs_entry *entry;

	if (!rootfs)
		return NULL;
	entry = oci_table_get(&rootfs->table, path, size);
	return entry && !entry->removed ? entry : NULL;
}

/* What it has is shipped, and never seen again. */
static void hide(struct oci_rootfs_entry *e)
{
	if (!e->removed)
		e->hidden += e->size;
	e->removed = true;
	e->size = 0;
	e->kept = NULL;
}

/* Removes what is below an entry and older than layer. */
static void remove_below(struct oci_rootfs_entry *top, unsigned layer)
{
	struct oci_rootfs_entry *e = top->child;

	while (e) {
		if (e->layer < layer)
			hide(e);
		if (e->child) {
			e = e->child;
			continue;
		}
		while (e != top && !e->sibling)
			e = e->parent;
		e = e == top ? NULL : e->sibling;
	}
}

void oci_rootfs_remove(struct oci_rootfs *rootfs, const char *path)
{
	struct oci_rootfs_entry *e = oci_table_get(&rootfs->table, path,
						   strlen(path));

	if (!e)
		return;
	if (e->layer < rootfs->layer)
		hide(e);
	remove_below(e, rootfs->layer);
}

void oci_rootfs_empty(struct oci_rootfs *rootfs, const char *path)
{
	struct oci_rootfs_entry *e = oci_table_get(&rootfs->table, path,
						   strlen(path));

	if (*path) {
		if (e)
			remove_below(e, rootfs->layer);
		return;
	}
	/* The root need not have an entry of its own. */
	for (size_t i = 0; i < rootfs->table.capacity; i++) {
		e = rootfs->table.slots[i].value;
		if (e && e->layer < rootfs->layer)
			hide(e);
	}
}

static int add(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
	       const char *path, struct oci_error *err)
{
	struct oci_rootfs_entry *e;

	if (++rootfs->count > ENTRIES_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"the layers have more than %d entries",
				ENTRIES_MAX);
	*out = e = oci_arena_alloc(&rootfs->arena, sizeof(*e));
	if (e)
		e->path = oci_arena_text(&rootfs->arena, path);
	if (!e || !e->path)
		return oci_fail_nomem(err);
	if (*path)
		e->parent = oci_table_get(&rootfs->table, path,
					  oci_path_parent(path));
	if (e->parent) {
		e->sibling = e->parent->child;
		e->parent->child = e;
	}
	return oci_table_set(&rootfs->table, e->path, strlen(path), e, err);
}

void oci_rootfs_set_type(struct oci_rootfs_entry *e, enum oci_entry_type type)
{
	if (type != OCI_ENTRY_DIRECTORY)
		remove_below(e, UINT_MAX);
	if (!e->removed)
		e->hidden += e->size;
	if (e->removed)
		e->hid_link = false;
	else if (e->type == OCI_ENTRY_SYMLINK)
		e->hid_link = type == OCI_ENTRY_DIRECTORY;
	e->size = 0;
	e->kept = NULL;
	e->type = type;
	e->target = NULL;
	e->removed = false;
}

static int imply_parents(struct oci_rootfs *rootfs, const char *path,
			 struct oci_error *err)
{
	char parent[OCI_PATH_MAX];
	int rc = 0;

	for (const char *p = path; !rc && (p = strchr(p, '/')); p++) {
		size_t size = (size_t)(p - path);
		struct oci_rootfs_entry *e = oci_table_get(&rootfs->table,
							   path, size);

		if (e && !e->removed && e->type == OCI_ENTRY_DIRECTORY)
			continue;
		memcpy(parent, path, size);
		parent[size] = '\0';
		rc = e ? 0 : add(&e, rootfs, parent, err);
		if (rc)
			break;
		oci_rootfs_set_type(e, OCI_ENTRY_DIRECTORY);
		e->layer = rootfs->layer;
		e->mode = 0755;
		e->uid = e->gid = 0;
		e->mtime = 0;
	}
	return rc;
}

int oci_rootfs_place(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
		     const char *path, struct oci_error *err)
{
	int rc = imply_parents(rootfs, path, err);

	*out = oci_table_get(&rootfs->table, path, strlen(path));
	if (!rc && !*out)
		rc = add(out, rootfs, path, err);
	if (!rc)
		(*out)->layer = rootfs->layer;
	return rc;
}

static int put(struct oci_rootfs *rootfs, const struct oci_tree *tree,
	       const struct oci_node *node, struct oci_error *err)
{
	/* Of a group of hard links each is the file. */
	const struct oci_node *file = node->file ? node->file : node;
	struct oci_rootfs_entry *e;
	int rc = oci_rootfs_place(&e, rootfs, node->path, err);

	if (rc)
		return rc;
	oci_rootfs_set_type(e, (enum oci_entry_type)file->type);
	e->mode = node->mode;
	e->uid = node->uid;
	e->gid = node->gid;
	e->mtime = node->mtime;
	e->size = node->file ? 0 : node->size;
	if (e->type == OCI_ENTRY_FILE)
		return oci_keep_node(e, rootfs, tree, file, err);
	if (e->type != OCI_ENTRY_SYMLINK)
		return 0;
	e->target = oci_arena_text(&rootfs->arena, node->target);
	return e->target ? 0 : oci_fail_nomem(err);
}

int oci_rootfs_apply(struct oci_rootfs *rootfs, const struct oci_tree *tree,
		     struct oci_error *err)
{
	size_t count = oci_tree_count(tree);
	struct oci_entry entry;
	int rc = 0;

	rootfs->layer++;
	/* Another tree may be where one was before. */
	rootfs->keeping.last = NULL;
	for (size_t i = 0; i < count; i++) {
		oci_tree_get(&entry, tree, i);
		if (entry.type == OCI_ENTRY_WHITEOUT)
			oci_rootfs_remove(rootfs, entry.path);
	}
	for (size_t i = 0; !rc && i < count; i++) {
		if (tree->nodes[i]->type != OCI_ENTRY_WHITEOUT)
			rc = put(rootfs, tree, tree->nodes[i], err);
	}
	return rc;
}
