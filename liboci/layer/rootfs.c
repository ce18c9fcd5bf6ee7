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
	struct oci_rootfs_entry *entries;
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

/* Removes path, if self is set, and all that is below it. */
static void remove_tree(struct oci_rootfs *rootfs, const char *path, bool self)
{
	size_t size = strlen(path);

	for (struct oci_rootfs_entry *e = rootfs->entries; e; e = e->next)
		if (oci_path_within(e->path, path) &&
		    (self || e->path[size] == '/'))
			e->removed = true;
}

static int put(struct oci_rootfs *rootfs, const struct oci_entry *entry,
	       struct oci_error *err)
{
	size_t size = strlen(entry->path);
	struct oci_rootfs_entry *e =
		oci_table_get(&rootfs->table, entry->path, size);
	const char *target = entry->type == OCI_ENTRY_SYMLINK ? entry->target :
								NULL;

	if (!e) {
		e = oci_arena_alloc(&rootfs->arena, sizeof(*e));
		if (e)
			e->path = oci_arena_text(&rootfs->arena, entry->path);
		if (!e || !e->path)
			return oci_fail_nomem(err);
		e->next = rootfs->entries;
		rootfs->entries = e;
	} else if (!e->removed && e->type == OCI_ENTRY_DIRECTORY &&
		   entry->type != OCI_ENTRY_DIRECTORY) {
		remove_tree(rootfs, entry->path, false);
	}
	e->removed = false;
	e->type = entry->type;
	e->target = target ? oci_arena_text(&rootfs->arena, target) : NULL;
	if (target && !e->target)
		return oci_fail_nomem(err);
	return oci_table_set(&rootfs->table, e->path, size, e, err);
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
			remove_tree(rootfs, entry.path, true);
	}
	for (size_t i = 0; !rc && i < count; i++) {
		oci_tree_get(&entry, tree, i);
		if (entry.type != OCI_ENTRY_WHITEOUT)
			rc = put(rootfs, &entry, err);
	}
	return rc;
}
