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
	const struct oci_rootfs_entry **entries; /* sorted by path */
	size_t count;
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
	return rc ? rc
		  : oci_rootfs_sort(&r->entries, &r->count, r->rootfs, "", true,
				    err);
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

static unsigned compare(const struct oci_rootfs_entry *a,
			const struct oci_rootfs_entry *b)
{
	unsigned aspects =
		a->type == b->type ? compare_type(a, b) : OCI_ASPECT_TYPE;

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

static int merge(struct oci_diff *out, const struct reading *a,
		 const struct reading *b,
		 const struct oci_diff_options *options, struct oci_error *err)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (!rc && (i < a->count || j < b->count)) {
		const struct oci_rootfs_entry *left =
			i < a->count ? a->entries[i] : NULL;
		const struct oci_rootfs_entry *right =
			j < b->count ? b->entries[j] : NULL;
		int order = !left    ? 1
			    : !right ? -1
				     : strcmp(left->path, right->path);
		unsigned aspects = order ? 0 : compare(left, right);

		i += order <= 0;
		j += order >= 0;
		if (order || aspects)
			rc = oci_diff_report_file(out, order <= 0 ? left : NULL,
						  order >= 0 ? right : NULL,
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
	free(r->entries);
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
		rc = merge(out, &left, &right, options, err);
	release(&right);
	release(&left);
	return rc;
}
