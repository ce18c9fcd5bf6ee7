/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the upper layers of an image decide what a path is. A layer's entries
 * hide those of lower layers at the same path, and directories merge. So an
 * entry of an upper layer decides its path; a path without an entry is decided
 * if an upper layer has a whiteout for it, or an opaque directory above it.
 */
#include <string.h>

#include "base/path.h"
#include "layer/rootfs.h"

struct walk {
	const struct oci_rootfs *rootfs;
	char done[OCI_PATH_MAX];
	char rest[OCI_PATH_MAX]; /* not looked up yet */
	unsigned links;
};

enum answer { GO_ON, DECIDED, UNDECIDED };

/* Returns whether nothing of lower layers shows in the directory. */
static bool is_closed(const struct oci_rootfs *rootfs, const char *path)
{
	const struct oci_rootfs_entry *e =
		oci_table_get(&rootfs->table, path, strlen(path));

	if (rootfs->emptied)
		return true;
	for (; e; e = e->parent)
		if (e->emptied)
			return true;
	return false;
}

/* Returns whether the directory has hard links to files of lower layers, of
 * which neither type nor size is known. */
static bool has_dangling(const struct oci_rootfs *rootfs, const char *path)
{
	const struct oci_rootfs_entry *top, *e;

	top = oci_table_get(&rootfs->table, path, strlen(path));
	if (!top) {
		for (size_t i = 0; i < rootfs->table.capacity; i++) {
			e = rootfs->table.slots[i].value;
			if (e && !e->removed && e->dangling)
				return true;
		}
		return false;
	}
	for (e = top->child; e; e = oci_rootfs_next(e, top))
		if (e->dangling)
			return true;
	return false;
}

/* Puts the target of a symlink, which is in done, before rest. */
static enum answer follow(struct walk *walk, const char *target)
{
	char joined[OCI_PATH_MAX];

	/* The error is that of oci_rootfs_find. */
	if (++walk->links > OCI_LINKS_MAX ||
	    oci_path_join(joined, target, walk->rest, NULL))
		return DECIDED;
	memcpy(walk->rest, joined, strlen(joined) + 1);
	if (*target == '/')
		walk->done[0] = '\0';
	return GO_ON;
}

/* Looks up the next part of the path. */
static enum answer step(struct walk *walk)
{
	char *rest = walk->rest + strspn(walk->rest, "/");
	size_t size = strcspn(rest, "/"), parent = strlen(walk->done);
	const struct oci_rootfs_entry *e;
	char part[OCI_PATH_MAX];

	memcpy(part, rest, size);
	part[size] = '\0';
	memmove(walk->rest, rest + size, strlen(rest + size) + 1);
	if (!*part || strcmp(part, ".") == 0)
		return GO_ON;
	if (strcmp(part, "..") == 0) {
		walk->done[oci_path_parent(walk->done)] = '\0';
		return GO_ON;
	}
	if (parent + size + 2 > OCI_PATH_MAX)
		return DECIDED;
	walk->done[parent] = '/';
	memcpy(walk->done + parent + (parent > 0), part, size + 1);
	e = oci_table_get(&walk->rootfs->table, walk->done,
			  strlen(walk->done));
	if (!e) {
		walk->done[parent] = '\0';
		return is_closed(walk->rootfs, walk->done) ? DECIDED
							   : UNDECIDED;
	}
	if (e->removed)
		return DECIDED;
	if (e->dangling)
		return UNDECIDED;
	if (e->type == OCI_ENTRY_SYMLINK) {
		walk->done[parent] = '\0';
		return follow(walk, e->target);
	}
	return e->type == OCI_ENTRY_DIRECTORY ? GO_ON : DECIDED;
}

bool oci_rootfs_decides(const struct oci_rootfs *rootfs, const char *path)
{
	struct walk walk = { .rootfs = rootfs };
	enum answer answer = GO_ON;

	if (strlen(path) >= sizeof(walk.rest))
		return true;
	memcpy(walk.rest, path, strlen(path) + 1);
	while (answer == GO_ON && walk.rest[strspn(walk.rest, "/")])
		answer = step(&walk);
	if (answer != GO_ON)
		return answer == DECIDED;
	/* A directory, whose files may be in any layer. */
	return is_closed(rootfs, walk.done) && !has_dangling(rootfs, walk.done);
}
