/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The union of layers, by path: types and link targets, no contents. OCI Image
 * Specification, layer.md, "Applying Changesets".
 */
#include "layer/rootfs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "layer/xattr.h"

int oci_rootfs_new(struct oci_rootfs **out, struct oci_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : oci_fail_nomem(err);
}

void oci_rootfs_free(struct oci_rootfs *rootfs)
{
	if (!rootfs)
		return;
	oci_lint_files_release(&rootfs->lint_files);
	if (rootfs->layers.free)
		rootfs->layers.free(rootfs->layers.data);
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

/* Counts the bytes of a name, even if the path has an entry already. Otherwise
 * a small tar could use much memory or time. */
int oci_rootfs_spend(struct oci_rootfs *rootfs, size_t size,
		     struct oci_error *err)
{
	rootfs->text += size + 1;
	if (rootfs->text > OCI_NAMES_MAX)
		return oci_fail(err, OCI_E_LIMIT, "the names in the layers "
				"have more than %d MiB", OCI_NAMES_MAX >> 20);
	return 0;
}

static int spend_implied(struct oci_rootfs *rootfs, size_t size,
			 struct oci_error *err)
{
	rootfs->implied += size + 1;
	if (rootfs->implied > OCI_IMPLIED_MAX)
		return oci_fail(err, OCI_E_LIMIT, "folders that the layers do "
				"not name have names of more than %d MiB",
				OCI_IMPLIED_MAX >> 20);
	return 0;
}

static void link_in(struct oci_rootfs_entry *e)
{
	if (!e->parent)
		return;
	e->place = &e->parent->child;
	e->sibling = *e->place;
	if (e->sibling)
		e->sibling->place = &e->sibling;
	*e->place = e;
}

/* Removes an entry. Its bytes are still shipped, but no container sees them.
 * Its sibling stays set for a walk that is in progress. */
static void hide(struct oci_rootfs_entry *e)
{
	if (e->removed)
		return;
	if (e->place)
		*e->place = e->sibling;
	if (e->place && e->sibling)
		e->sibling->place = e->place;
	e->place = NULL;
	e->hidden += e->size;
	e->removed = true;
	e->size = 0;
	e->kept = NULL;
}

static void make_implied(struct oci_rootfs_entry *e, unsigned layer)
{
	oci_rootfs_set_type(e, OCI_ENTRY_DIRECTORY);
	e->layer = e->used = layer;
	e->mode = 0755;
	e->uid = e->gid = 0;
	e->mtime = 0;
	e->xattrs = NULL;
}

/* Removes an older entry, or makes it an implied directory if it has newer
 * entries below it. */
static void remove_older(struct oci_rootfs_entry *e, unsigned layer)
{
	if (e->layer >= layer)
		return;
	if (e->used < layer)
		hide(e);
	else
		make_implied(e, layer);
}

/* Does the same for everything below an entry. */
static void remove_below(struct oci_rootfs_entry *top, unsigned layer)
{
	struct oci_rootfs_entry *e = top->child;

	for (; e; e = oci_rootfs_next(e, top))
		remove_older(e, layer);
}

/* Done once for each layer: later entries are of the same layer. */
static void empty(struct oci_rootfs_entry *e, unsigned layer)
{
	if (e->emptied < layer)
		remove_below(e, layer);
	e->emptied = layer;
}

void oci_rootfs_empty(struct oci_rootfs *rootfs, const char *path)
{
	struct oci_rootfs_entry *e = oci_table_get(&rootfs->table, path,
						   strlen(path));

	if (*path) {
		if (e)
			empty(e, rootfs->layer);
		return;
	}
	/* The root need not have an entry. */
	if (rootfs->emptied == rootfs->layer)
		return;
	rootfs->emptied = rootfs->layer;
	for (size_t i = 0; i < rootfs->table.capacity; i++) {
		e = rootfs->table.slots[i].value;
		if (e)
			remove_older(e, rootfs->layer);
	}
}

static int add(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
	       const char *path, struct oci_error *err)
{
	struct oci_rootfs_entry *e;
	int rc = oci_rootfs_spend(rootfs, strlen(path), err);

	if (rc)
		return rc;
	if (++rootfs->count > OCI_ENTRIES_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"the layers have more than %d entries",
				OCI_ENTRIES_MAX);
	*out = e = oci_arena_alloc(&rootfs->arena, sizeof(*e));
	if (e)
		e->path = oci_arena_text(&rootfs->arena, path);
	if (!e || !e->path)
		return oci_fail_nomem(err);
	if (oci_path_parent(path))
		e->parent = oci_table_get(&rootfs->table, path,
					  oci_path_parent(path));
	link_in(e);
	return oci_table_set(&rootfs->table, e->path, strlen(path), e, err);
}

/* The name of a file that lower layers may have. */
static int note_absent(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
		       const char *path, struct oci_error *err)
{
	int rc = add(out, rootfs, path, err);

	if (!rc)
		hide(*out);
	return rc;
}

int oci_rootfs_remove(struct oci_rootfs *rootfs, const char *path,
		      struct oci_error *err)
{
	struct oci_rootfs_entry *e =
		oci_table_get(&rootfs->table, path, strlen(path));
	int rc = 0;

	if (!e && rootfs->partial)
		rc = note_absent(&e, rootfs, path, err);
	if (rc || !e)
		return rc;
	remove_older(e, rootfs->layer);
	empty(e, rootfs->layer);
	return 0;
}

void oci_rootfs_set_type(struct oci_rootfs_entry *e, enum oci_entry_type type)
{
	if (type != OCI_ENTRY_DIRECTORY)
		remove_below(e, UINT_MAX);
	if (e->removed)
		link_in(e);
	else
		e->hidden += e->size;
	if (e->removed)
		e->hid_link = false;
	else if (e->type == OCI_ENTRY_SYMLINK)
		e->hid_link = type == OCI_ENTRY_DIRECTORY;
	e->size = 0;
	e->kept = NULL;
	memset(&e->at, 0, sizeof(e->at));
	e->unread = false;
	e->xattrs = NULL;
	e->type = type;
	e->target = NULL;
	e->removed = false;
	e->dangling = false;
}

int oci_rootfs_set_target(struct oci_rootfs_entry *e,
			  struct oci_rootfs *rootfs, const char *target,
			  struct oci_error *err)
{
	int rc = oci_rootfs_spend(rootfs, strlen(target), err);

	if (rc)
		return rc;
	e->target = oci_arena_text(&rootfs->arena, target);
	return e->target ? 0 : oci_fail_nomem(err);
}

/* Returns the length of the longest parent of path, up to size bytes, that is a
 * directory. Marks it and its parents as used by this layer. */
static size_t find_parent(struct oci_rootfs *rootfs, const char *path,
			  size_t size)
{
	struct oci_rootfs_entry *e = NULL;

	while (size) {
		e = oci_table_get(&rootfs->table, path, size);
		if (e && !e->removed && e->type == OCI_ENTRY_DIRECTORY)
			break;
		while (--size && path[size] != '/')
			;
	}
	for (; size && e && e->used < rootfs->layer; e = e->parent)
		e->used = rootfs->layer;
	return size;
}

static int imply_parents(struct oci_rootfs *rootfs, const char *path,
			 struct oci_error *err)
{
	size_t end = oci_path_parent(path);
	size_t size = find_parent(rootfs, path, end);
	char parent[OCI_PATH_MAX];
	int rc = 0;

	while (!rc && size < end) {
		struct oci_rootfs_entry *e;
		bool dangling;

		size += size > 0;
		size += strcspn(path + size, "/");
		memcpy(parent, path, size);
		parent[size] = '\0';
		e = oci_table_get(&rootfs->table, path, size);
		rc = spend_implied(rootfs, size, err);
		if (!rc)
			rc = e ? oci_rootfs_spend(rootfs, size, err)
			       : add(&e, rootfs, parent, err);
		if (rc)
			break;
		/* The link may be to a directory, which stays. */
		dangling = rootfs->partial && e->dangling && !e->removed;
		make_implied(e, rootfs->layer);
		e->dangling = dangling;
	}
	return rc;
}

int oci_rootfs_put(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
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
	/* Each hard link of a group is stored as the file. */
	const struct oci_node *file = node->file ? node->file : node;
	struct oci_rootfs_entry *e;
	int rc = oci_rootfs_put(&e, rootfs, node->path, err);

	if (rc)
		return rc;
	oci_rootfs_set_type(e, (enum oci_entry_type)file->type);
	e->mode = node->mode;
	e->uid = node->uid;
	e->gid = node->gid;
	e->mtime = node->mtime;
	e->xattrs = NULL;
	e->size = node->file ? 0 : node->size;
	if (e->type == OCI_ENTRY_CHARACTER_DEVICE ||
	    e->type == OCI_ENTRY_BLOCK_DEVICE) {
		e->at.device.major = file->major;
		e->at.device.minor = file->minor;
	}
	if (e->type == OCI_ENTRY_FILE)
		e->at.content.size = file->size;
	if (e->type == OCI_ENTRY_FILE)
		return oci_lint_files_add_node(e, rootfs, tree, file, err);
	if (e->type == OCI_ENTRY_DIRECTORY)
		return oci_xattr_copy(&e->xattrs, &rootfs->arena, node->xattrs,
				      err);
	if (e->type != OCI_ENTRY_SYMLINK)
		return 0;
	return oci_rootfs_set_target(e, rootfs, node->target, err);
}

int oci_rootfs_apply(struct oci_rootfs *rootfs, const struct oci_tree *tree,
		     struct oci_error *err)
{
	size_t count = oci_tree_count(tree);
	struct oci_entry entry;
	int rc = 0;

	rootfs->layer++;
	/* A new tree may have the address of a freed one. */
	rootfs->lint_files.last = NULL;
	for (size_t i = 0; !rc && i < count; i++) {
		oci_tree_get(&entry, tree, i);
		if (entry.type == OCI_ENTRY_WHITEOUT)
			rc = oci_rootfs_remove(rootfs, entry.path, err);
	}
	for (size_t i = 0; !rc && i < count; i++) {
		if (tree->nodes[i]->type != OCI_ENTRY_WHITEOUT)
			rc = put(rootfs, tree, tree->nodes[i], err);
	}
	return rc;
}
