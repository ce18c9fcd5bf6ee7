/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows symlinks inside the image, part by part, like the kernel for a
 * process whose root is the image (path_resolution(7)).
 */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "layer/node.h"
#include "layer/rootfs.h"

struct walk {
	const struct oci_view *view;
	const char *within;
	bool through;
	unsigned links;
	char *done;		 /* resolved so far; OCI_PATH_MAX bytes */
	char rest[OCI_PATH_MAX]; /* not resolved yet */
};

/* Returns the target of a symlink at path, or NULL. */
static const char *link_at(struct walk *walk, const char *path)
{
	size_t size = strlen(path);
	const struct oci_rootfs_entry *entry;
	const struct oci_node *node;

	node = walk->view->own ? oci_table_get(walk->view->own, path, size)
			       : NULL;
	if (node) {
		if (node->type != OCI_ENTRY_SYMLINK)
			return NULL;
		if (walk->within && node->within == walk->within) {
			walk->through = true;
			if (node->twice && walk->view->twice)
				*walk->view->twice = node;
		}
		return node->target;
	}
	entry = oci_rootfs_get(walk->view->lower, path, size);
	if (!entry || entry->type != OCI_ENTRY_SYMLINK ||
	    (walk->view->layer && entry->layer != walk->view->layer))
		return NULL;
	return entry->target;
}

/* Removes the first part of rest. */
static void next_part(struct walk *walk, char part[OCI_PATH_MAX])
{
	char *rest = walk->rest + strspn(walk->rest, "/");
	size_t size = strcspn(rest, "/");
	size_t skip = size + strspn(rest + size, "/");

	memcpy(part, rest, size);
	part[size] = '\0';
	memmove(walk->rest, rest + skip, strlen(rest + skip) + 1);
}

static int follow(struct walk *walk, const char *target, const char *path,
		  struct oci_error *err)
{
	char joined[OCI_PATH_MAX];
	int rc;

	if (++walk->links > OCI_LINKS_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"path '/%s' leads through more than %d links: "
				"remove those that form a loop",
				path, OCI_LINKS_MAX);
	rc = oci_path_join(joined, target, walk->rest, err);
	if (rc)
		return rc;
	memcpy(walk->rest, joined, strlen(joined) + 1);
	if (target[0] == '/')
		walk->done[0] = '\0';
	return 0;
}

static int step(struct walk *walk, const char *part, bool last,
		const char *path, struct oci_error *err)
{
	char candidate[OCI_PATH_MAX];
	const char *target = NULL;
	int rc;

	if (!part[0] || strcmp(part, ".") == 0)
		return 0;
	if (strcmp(part, "..") == 0) {
		walk->done[oci_path_parent(walk->done)] = '\0';
		return 0;
	}
	rc = oci_path_join(candidate, walk->done, part, err);
	if (rc)
		return rc;
	if (walk->rest[0] || last)
		target = link_at(walk, candidate);
	if (target)
		return follow(walk, target, path, err);
	memcpy(walk->done, candidate, strlen(candidate) + 1);
	return 0;
}

/* Counts the bytes that are walked: a small tar can lead through very long
 * targets many times. */
static int spend(const struct oci_view *view, size_t bytes,
		 struct oci_error *err)
{
	if (!view->budget)
		return 0;
	if (bytes > *view->budget)
		return oci_fail(err, OCI_E_LIMIT,
				"the layer's links lead "
				"through more than %llu GiB of paths",
				(unsigned long long)(OCI_WALK_BUDGET >> 30));
	*view->budget -= bytes;
	return 0;
}

int oci_view_resolve(char *out, bool *through, const struct oci_view *view,
		     const char *path, bool last, const char *within,
		     struct oci_error *err)
{
	struct walk walk = { .view = view, .within = within, .done = out };
	char part[OCI_PATH_MAX];
	int rc = oci_path_join(walk.rest, path, "", err);

	out[0] = '\0';
	while (!rc && walk.rest[0]) {
		rc = spend(view, strlen(walk.rest), err);
		next_part(&walk, part);
		if (!rc)
			rc = step(&walk, part, last, path, err);
	}
	if (through)
		*through = walk.through;
	return rc;
}

int oci_rootfs_resolve_parent(char out[OCI_PATH_MAX], struct oci_rootfs *rootfs,
			      const char *path, struct oci_error *err)
{
	const struct oci_view view = { .lower = rootfs,
				       .layer = rootfs->layer,
				       .budget = &rootfs->budget };
	size_t parent = oci_path_parent(path);
	const struct oci_rootfs_entry *e = oci_rootfs_get(rootfs, path, parent);

	/* All parents of a directory are directories. */
	if (parent && (!e || e->type != OCI_ENTRY_DIRECTORY))
		return oci_view_resolve(out, NULL, &view, path, false, NULL,
					err);
	memcpy(out, path, strlen(path) + 1);
	return 0;
}
