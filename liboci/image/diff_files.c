/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares the files of two images. The layers are applied one after the other,
 * and the bytes of each file are hashed on the way, so that each layer is read
 * once, whatever the order of its members.
 */
#include <stdlib.h>
#include <string.h>

#include "image/diff.h"
#include "image/rootfs.h"
#include "io/pool.h"
#include "layer/rootfs.h"
#include "layer/xattr.h"

/* One image while it is read. */
struct reading {
	struct oci_task task;
	const struct oci_diff_side *side;
	const struct oci_diff_options *options;
	struct oci_rootfs *rootfs;
	struct oci_diff_list list;
	struct oci_watch watch;
	int status; /* of reading; why has the error */
	struct oci_error why;
};

static int read_image(struct reading *r, struct oci_error *err)
{
	int rc = oci_rootfs_new(&r->rootfs, err);

	if (rc)
		return rc;
	r->rootfs->hashes = true;
	if (r->options->keep && r->options->content) {
		r->rootfs->keep = r->options->keep;
		r->rootfs->keep_data = r->options->data;
		rc = oci_rootfs_keep_lint_files(r->rootfs, r->options->temp_dir,
						err);
	}
	if (rc)
		return rc;
	rc = oci_rootfs_apply_layers(r->rootfs, r->side->store,
				     &r->side->image->manifest.layers,
				     &r->watch, NULL, err);
	if (!rc)
		rc = oci_rootfs_sort(&r->list.entries, &r->list.count,
				     r->rootfs, "", true, err);
	return rc ? rc : oci_diff_find_links(&r->list, err);
}

static void run(struct oci_task *task, unsigned worker)
{
	struct reading *r = (struct reading *)task;

	(void)worker;
	r->status = read_image(r, &r->why);
}

/* A store is used by one thread at a time. */
static int read_both(struct reading *a, struct reading *b,
		     struct oci_error *err)
{
	struct oci_pool *pool = NULL;
	int rc = 0;

	if (a->side->store != b->side->store)
		rc = oci_pool_new(&pool, 1, err);
	if (rc)
		return rc;
	if (pool)
		oci_pool_give(pool, &a->task);
	else
		run(&a->task, 0);
	run(&b->task, 0);
	oci_pool_free(pool);
	if (err && (a->status || b->status))
		*err = a->status ? a->why : b->why;
	return a->status ? a->status : b->status;
}

static bool same_device(const struct oci_rootfs_entry *a,
			const struct oci_rootfs_entry *b)
{
	return a->at.device.major == b->at.device.major &&
	       a->at.device.minor == b->at.device.minor;
}

/* Files of the same type: returns what differs beside their attributes. */
static unsigned compare_type(const struct oci_rootfs_entry *a,
			     const struct oci_rootfs_entry *b)
{
	switch (a->type) {
	case OCI_ENTRY_FILE:
		if (a->digest && b->digest && strcmp(a->digest, b->digest) == 0)
			return 0;
		return OCI_ASPECT_CONTENT;
	case OCI_ENTRY_SYMLINK:
		return strcmp(a->target, b->target) ? OCI_ASPECT_TARGET : 0;
	case OCI_ENTRY_CHARACTER_DEVICE:
	case OCI_ENTRY_BLOCK_DEVICE:
		return same_device(a, b) ? 0 : OCI_ASPECT_DEVICE;
	default:
		return 0;
	}
}

static bool same_link(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static unsigned compare(const struct oci_diff_file *left,
			const struct oci_diff_file *right)
{
	const struct oci_rootfs_entry *a = left->entry, *b = right->entry;
	unsigned aspects =
		a->type == b->type ? compare_type(a, b) : OCI_ASPECT_TYPE;

	if (a->type == b->type && !same_link(left->link, right->link))
		aspects |= OCI_ASPECT_LINK;
	if (a->mode != b->mode)
		aspects |= OCI_ASPECT_MODE;
	if (a->uid != b->uid || a->gid != b->gid)
		aspects |= OCI_ASPECT_OWNER;
	if (a->mtime != b->mtime)
		aspects |= OCI_ASPECT_TIME;
	if (!oci_xattr_same(a->xattrs, b->xattrs))
		aspects |= OCI_ASPECT_XATTRS;
	return aspects;
}

static struct oci_diff_file file_at(const struct oci_diff_list *list, size_t i)
{
	return i < list->count ? (struct oci_diff_file){ list->entries[i],
							 list->links[i] }
			       : (struct oci_diff_file){ NULL, NULL };
}

static int merge(struct oci_diff *out, const struct oci_diff_list *a,
		 const struct oci_diff_list *b,
		 const struct oci_diff_options *options, struct oci_error *err)
{
	static const struct oci_diff_file none;
	size_t i = 0, j = 0;
	int rc = 0;

	while (!rc && (i < a->count || j < b->count)) {
		struct oci_diff_file left = file_at(a, i);
		struct oci_diff_file right = file_at(b, j);
		int order = !left.entry	   ? 1
			    : !right.entry ? -1
					   : strcmp(left.entry->path,
						    right.entry->path);
		unsigned aspects = order ? 0 : compare(&left, &right);

		i += order <= 0;
		j += order >= 0;
		if (order || aspects)
			rc = oci_diff_report_file(out,
						  order <= 0 ? &left : &none,
						  order >= 0 ? &right : &none,
						  aspects, options, err);
	}
	return rc;
}

static void prepare(struct reading *r, const struct oci_diff_side *side,
		    const struct oci_diff_options *options)
{
	*r = (struct reading){ .task.run = run,
			       .side = side,
			       .options = options };
	r->watch.max_inflated = options->max_inflated;
	r->watch.cancelled = options->cancelled;
}

static void release(struct reading *r)
{
	free(r->list.entries);
	free(r->list.links);
	oci_rootfs_free(r->rootfs);
}

int oci_diff_files(struct oci_diff *out, const struct oci_diff_side *a,
		   const struct oci_diff_side *b,
		   const struct oci_diff_options *options,
		   struct oci_error *err)
{
	struct reading left, right;
	int rc;

	prepare(&left, a, options);
	prepare(&right, b, options);
	rc = read_both(&left, &right, err);
	if (!rc)
		rc = merge(out, &left.list, &right.list, options, err);
	release(&right);
	release(&left);
	return rc;
}
