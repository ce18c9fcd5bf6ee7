/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The union of layers, by path: types and link targets, no contents.
 * OCI Image Specification, layer.md, "Applying Changesets".
 */
#include "layer/rootfs.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/path.h"

struct oci_rootfs {
	struct oci_arena arena;
	struct oci_table table;
};

int oci_rootfs_new(struct oci_rootfs **out, struct oci_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : oci_fail_nomem(err);
}

void oci_rootfs_free(struct oci_rootfs *rootfs)
{
	if (!rootfs)
		return;
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

/* Removes all that is below an entry. */
static void remove_below(struct oci_rootfs_entry *top)
{
	struct oci_rootfs_entry *e = top->child;

	while (e) {
		e->removed = true;
		if (e->child) {
			e = e->child;
			continue;
		}
		while (e != top && !e->sibling)
			e = e->parent;
		e = e == top ? NULL : e->sibling;
	}
}

static void remove_path(struct oci_rootfs *rootfs, const char *path)
{
	struct oci_rootfs_entry *e = oci_table_get(&rootfs->table, path,
						   strlen(path));

	if (!e)
		return;
	e->removed = true;
	remove_below(e);
}

/* Settled trees hold every folder before what is in it, unless the layers
 * below have it: so a parent is there, but for what is in the root. */
static int add(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
	       const char *path, struct oci_error *err)
{
	struct oci_rootfs_entry *e = oci_arena_alloc(&rootfs->arena,
						     sizeof(*e));

	*out = e;
	if (e)
		e->path = oci_arena_text(&rootfs->arena, path);
	if (!e || !e->path)
		return oci_fail_nomem(err);
	e->parent = oci_table_get(&rootfs->table, path, oci_path_parent(path));
	if (e->parent) {
		e->sibling = e->parent->child;
		e->parent->child = e;
	}
	return oci_table_set(&rootfs->table, e->path, strlen(path), e, err);
}

static int put(struct oci_rootfs *rootfs, const struct oci_entry *entry,
	       struct oci_error *err)
{
	size_t size = strlen(entry->path);
	struct oci_rootfs_entry *e =
		oci_table_get(&rootfs->table, entry->path, size);
	const char *target = entry->type == OCI_ENTRY_SYMLINK ? entry->target :
								NULL;

	int rc = e ? 0 : add(&e, rootfs, entry->path, err);

	if (rc)
		return rc;
	if (entry->type != OCI_ENTRY_DIRECTORY)
		remove_below(e);
	e->removed = false;
	e->type = entry->type;
	e->mode = entry->mode;
	e->uid = entry->uid;
	e->gid = entry->gid;
	e->mtime = entry->mtime;
	e->target = target ? oci_arena_text(&rootfs->arena, target) : NULL;
	return target && !e->target ? oci_fail_nomem(err) : 0;
}

int oci_rootfs_apply(struct oci_rootfs *rootfs, const struct oci_tree *tree,
		     struct oci_error *err)
{
	size_t count = oci_tree_count(tree);
	struct oci_entry entry;
	int rc = 0;

	for (size_t i = 0; i < count; i++) {
		oci_tree_get(&entry, tree, i);
		if (entry.type == OCI_ENTRY_WHITEOUT)
			remove_path(rootfs, entry.path);
	}
	for (size_t i = 0; !rc && i < count; i++) {
		oci_tree_get(&entry, tree, i);
		if (entry.type != OCI_ENTRY_WHITEOUT)
			rc = put(rootfs, &entry, err);
	}
	return rc;
}
