/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds files and folders on disk to trees. The order of names does not matter,
 * because oci_tree_settle sorts the tree.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "layer/content.h"
#include "layer/filter.h"
#include "layer/listing_entry.h"
#include "layer/node.h"
#include "layer/xattr.h"

struct scan {
	struct oci_tree *tree;
	const struct oci_attributes *attrs;
	const char *folder_path;
	const char *top; /* path of the folder in the image */
};

static enum oci_entry_type type_of(const struct oci_listing_entry *entry)
{
	switch (entry->mode & S_IFMT) {
	case S_IFDIR:
		return OCI_ENTRY_DIRECTORY;
	case S_IFLNK:
		return OCI_ENTRY_SYMLINK;
	case S_IFCHR:
		return OCI_ENTRY_CHARACTER_DEVICE;
	case S_IFBLK:
		return OCI_ENTRY_BLOCK_DEVICE;
	case S_IFIFO:
		return OCI_ENTRY_FIFO;
	default:
		return OCI_ENTRY_FILE;
	}
}

/* Only executable files keep capabilities. */
static bool keeps_capabilities(const struct oci_node *node,
			       const struct oci_listing_entry *entry,
			       const struct oci_attributes *attrs)
{
	return node->type == OCI_ENTRY_FILE && attrs &&
	       attrs->mode == OCI_KEEP && (entry->mode & 0111);
}

static int set_attributes(struct oci_node *node, struct oci_tree *tree,
			  const struct oci_listing_entry *entry,
			  const struct oci_attributes *attrs,
			  struct oci_error *err)
{
	const struct oci_source_attributes source = {
		.mode = entry->mode & 07777,
		.uid = entry->uid,
		.gid = entry->gid,
		.mtime = entry->file.mtime.tv_sec,
	};

	int rc = 0;

	oci_node_attributes(node, tree, attrs, &source);
	if (keeps_capabilities(node, entry, attrs))
		rc = oci_xattr_add_from_disk(node, tree, entry->file.path, err);
	return rc ? rc : oci_xattr_set(node, tree, attrs, err);
}

static int add(struct scan *scan, const char *path,
	       const struct oci_listing_entry *entry, struct oci_error *err)
{
	enum oci_entry_type type = type_of(entry);
	struct oci_node *node;
	int rc;

	if (S_ISSOCK(entry->mode))
		return oci_fail(err, OCI_E_INVALID,
				"'%s' is a socket, which an image cannot "
				"hold: exclude it",
				entry->file.path);
	rc = oci_node_add(&node, scan->tree, path, type, scan->attrs, err);
	if (rc)
		return rc;
	node->rank = OCI_RANK_BROUGHT;
	node->source = scan->folder_path;
	rc = set_attributes(node, scan->tree, entry, scan->attrs, err);
	if (rc)
		return rc;
	if (type == OCI_ENTRY_FILE)
		oci_content_set_disk(node, &entry->file, entry->size);
	if (type == OCI_ENTRY_SYMLINK)
		return oci_node_symlink(node, scan->tree, entry->target, err);
	if (type == OCI_ENTRY_CHARACTER_DEVICE ||
	    type == OCI_ENTRY_BLOCK_DEVICE) {
		node->major = major(entry->rdev);
		node->minor = minor(entry->rdev);
	}
	return 0;
}

static int add_folder(struct scan *scan, const struct oci_listing_folder *f,
		      struct oci_error *err)
{
	char folder[OCI_PATH_MAX], path[OCI_PATH_MAX];
	int rc = oci_path_join(folder, scan->top, f->below, err);

	/* The top folder's attributes do not apply to its path in the image. */
	if (!rc && f->parent)
		rc = add(scan, folder, f->self, err);
	for (const struct oci_listing_entry *l = f->first; !rc && l;
	     l = l->next) {
		rc = oci_path_join(path, folder, l->name, err);
		if (!rc)
			rc = add(scan, path, l, err);
	}
	return rc;
}

/* Marks folders that match by themselves or have needed entries below them. */
static bool mark_needed(struct oci_listing *listing)
{
	bool any = false;

	for (struct oci_listing_folder *f = listing->folders; f; f = f->next) {
		struct oci_listing_folder *needed = f;

		if (!f->first && !(f->parent && f->self->wanted))
			continue;
		any = true;
		for (; needed && !needed->needed; needed = needed->parent)
			needed->needed = true;
	}
	return any;
}

int oci_tree_add_listing(struct oci_tree *tree, const char *path,
			 struct oci_listing *listing,
			 const struct oci_filter *filter,
			 const struct oci_attributes *attrs,
			 struct oci_error *err)
{
	struct scan scan = { .tree = tree, .attrs = attrs };
	const struct oci_listing_folder *f = listing->folders;
	char top[OCI_PATH_MAX];
	int rc = oci_path_clean(top, path, err);

	scan.top = top;
	scan.folder_path = f->self->file.path;
	for (size_t i = 0; i < OCI_LISTING_THREADS; i++)
		oci_arena_join(&tree->arena, &listing->arenas[i]);
	if (!rc && !mark_needed(listing) && filter && filter->include &&
	    filter->include->count)
		return oci_fail(err, OCI_E_NOT_FOUND,
				"nothing in '%s' matches the include patterns: "
				"check them",
				scan.folder_path);
	for (; !rc && f; f = f->next)
		if (f->needed)
			rc = add_folder(&scan, f, err);
	return rc;
}

int oci_tree_add_folder(struct oci_tree *tree, const char *path,
			const char *from, const struct oci_filter *filter,
			const struct oci_attributes *attrs,
			struct oci_error *err)
{
	struct oci_attributes own;
	struct oci_filter own_filter;
	struct oci_listing *listing;
	struct timespec now;
	int rc;

	attrs = oci_attributes_read(&own, attrs);
	filter = oci_filter_read(&own_filter, filter);
	clock_gettime(CLOCK_REALTIME, &now);
	rc = oci_listing_open(&listing, from, filter, NULL, &now, &tree->watch,
			      err);
	if (!rc)
		rc = oci_tree_add_listing(tree, path, listing, filter, attrs,
					  err);
	oci_listing_free(listing);
	return rc;
}

int oci_tree_add_snapshot(struct oci_tree *tree, const char *path,
			  const char *from, const struct stat *st,
			  const struct oci_attributes *attrs,
			  struct oci_error *err)
{
	struct oci_listing_entry *entry;
	struct oci_node *node;
	int rc;

	if (!S_ISREG(st->st_mode))
		return oci_fail(err, OCI_E_INVALID,
				"'%s' is not a regular file", from);
	rc = oci_node_add(&node, tree, path, OCI_ENTRY_FILE, attrs, err);
	if (!rc)
		rc = oci_listing_entry_new(&entry, &tree->arena, from, 0, st,
					   err);
	if (rc)
		return rc;
	oci_content_set_disk(node, &entry->file, entry->size);
	return set_attributes(node, tree, entry, attrs, err);
}

int oci_tree_add_file(struct oci_tree *tree, const char *path,
		      const char *from, const struct oci_attributes *attrs,
		      struct oci_error *err)
{
	/* Non-blocking, so that opening a fifo does not wait for a writer. */
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct oci_attributes own;
	struct stat st;
	int rc;

	attrs = oci_attributes_read(&own, attrs);
	if (fd < 0)
		return oci_fail_errno(err, "open '%s'", from);
	rc = fstat(fd, &st) == 0 ? 0 :
		     oci_fail_errno(err, "stat '%s'", from);
	close(fd);
	return rc ? rc
		  : oci_tree_add_snapshot(tree, path, from, &st, attrs, err);
}
