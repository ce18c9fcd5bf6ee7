/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders into trees. The order of names does not matter: the tree is sorted
 * when it is settled.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "layer/content.h"
#include "layer/node.h"
#include "layer/walk.h"

struct scan {
	struct oci_walk walk;		/* first: a walk is a scan */
	struct oci_tree *tree;
	const struct oci_attributes *attrs;
	const char *origin;
	char top[OCI_PATH_MAX];		/* of the folder in the image */
	char path[OCI_PATH_MAX];	/* of what is visited */
};

static int find_path(struct scan *scan, struct oci_error *err)
{
	return oci_path_join(scan->path, scan->top, scan->walk.below, err);
}

static int add_node(struct oci_node **out, struct scan *scan,
		    enum oci_entry_type type, const struct stat *st,
		    struct oci_error *err)
{
	struct oci_source_attributes source = {
		.mode = st->st_mode & 07777,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.mtime = st->st_mtim.tv_sec,
	};
	int rc = oci_node_add(out, scan->tree, scan->path, type, scan->attrs,
			      err);

	if (rc)
		return rc;
	(*out)->rank = OCI_RANK_BROUGHT;
	(*out)->source = scan->origin;
	oci_node_attributes(*out, scan->tree, scan->attrs, &source);
	return 0;
}

static int add_symlink(struct scan *scan, int dir, const char *name,
		       const struct stat *st, struct oci_error *err)
{
	char target[OCI_PATH_MAX];
	struct oci_node *node;
	int rc = oci_walk_link(target, &scan->walk, dir, name, err);

	if (!rc)
		rc = add_node(&node, scan, OCI_ENTRY_SYMLINK, st, err);
	return rc ? rc : oci_node_symlink(node, scan->tree, target, err);
}

static int add_file(struct scan *scan, const struct stat *st,
		    struct oci_error *err)
{
	struct oci_node *node;
	int rc = oci_node_add(&node, scan->tree, scan->path, OCI_ENTRY_FILE,
			      scan->attrs, err);

	if (rc)
		return rc;
	node->rank = OCI_RANK_BROUGHT;
	return oci_content_set_disk(node, scan->tree, scan->walk.from, st,
				    scan->attrs, err);
}

static int add_device(struct scan *scan, enum oci_entry_type type,
		      const struct stat *st, struct oci_error *err)
{
	struct oci_node *node;
	int rc = add_node(&node, scan, type, st, err);

	if (rc || type == OCI_ENTRY_FIFO)
		return rc;
	node->major = major(st->st_rdev);
	node->minor = minor(st->st_rdev);
	return 0;
}

static int enter(struct oci_walk *walk, void **mark, const struct stat *st,
		 struct oci_error *err)
{
	struct scan *scan = (struct scan *)walk;
	struct oci_node *node;
	int rc = find_path(scan, err);

	if (!rc)
		rc = add_node(&node, scan, OCI_ENTRY_DIRECTORY, st, err);
	if (!rc)
		*mark = node;
	return rc;
}

static void leave(struct oci_walk *walk, void *mark, bool wanted)
{
	struct oci_node *node = mark;

	(void)walk;
	if (!wanted)
		node->type = 0;
}

static int take(struct oci_walk *walk, int dir, const char *name,
		const struct stat *st, struct oci_error *err)
{
	struct scan *scan = (struct scan *)walk;
	int rc = find_path(scan, err);

	if (rc)
		return rc;
	if (S_ISREG(st->st_mode))
		return add_file(scan, st, err);
	if (S_ISLNK(st->st_mode))
		return add_symlink(scan, dir, name, st, err);
	if (S_ISCHR(st->st_mode))
		return add_device(scan, OCI_ENTRY_CHARACTER_DEVICE, st, err);
	if (S_ISBLK(st->st_mode))
		return add_device(scan, OCI_ENTRY_BLOCK_DEVICE, st, err);
	if (S_ISFIFO(st->st_mode))
		return add_device(scan, OCI_ENTRY_FIFO, st, err);
	return oci_fail(err, OCI_E_INVALID,
			"'%s' is a socket, which an image cannot hold: "
			"exclude it", walk->from);
}

int oci_tree_add_folder(struct oci_tree *tree, const char *path,
			const char *from, const struct oci_filter *filter,
			const struct oci_attributes *attrs,
			struct oci_error *err)
{
	struct scan scan = {
		.walk = { .filter = filter, .enter = enter, .leave = leave,
			  .take = take },
		.tree = tree, .attrs = attrs,
	};
	bool taken;
	int rc = oci_path_clean(scan.top, path, err);

	if (!rc)
		rc = oci_node_text(&scan.origin, tree, from, err);
	if (!rc)
		rc = oci_walk_folder(&taken, &scan.walk, from, err);
	if (!rc && !taken && filter && filter->include &&
	    filter->include->count)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "nothing in '%s' matches the include patterns: "
			      "check them",
			      from);
	return rc;
}
