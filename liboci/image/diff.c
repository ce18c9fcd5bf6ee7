/* SPDX-License-Identifier: Apache-2.0 */
#include "image/diff.h"

#include <string.h>

#include "base/options.h"

static bool same_layers(const struct oci_descriptors *a,
			const struct oci_descriptors *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!oci_digest_equal(&a->items[i].digest, &b->items[i].digest))
			return false;
	return true;
}

static bool same_tars(const struct oci_config *a, const struct oci_config *b)
{
	if (a->diff_id_count != b->diff_id_count)
		return false;
	for (size_t i = 0; i < a->diff_id_count; i++)
		if (!oci_digest_equal(&a->diff_ids[i], &b->diff_ids[i]))
			return false;
	return true;
}

static unsigned compare(const struct oci_diff_file *left,
			const struct oci_diff_file *right)
{
	const struct oci_entry *a = &left->entry, *b = &right->entry;
	unsigned aspects = 0;

	if (a->mode != b->mode)
		aspects |= OCI_ASPECT_MODE;
	if (a->uid != b->uid || a->gid != b->gid)
		aspects |= OCI_ASPECT_OWNER;
	if (a->mtime != b->mtime)
		aspects |= OCI_ASPECT_TIME;
	if (a->type != b->type)
		return aspects | OCI_ASPECT_TYPE;
	if (a->type == OCI_ENTRY_FILE &&
	    !oci_digest_equal(&left->digest, &right->digest))
		aspects |= OCI_ASPECT_CONTENT;
	if (a->type == OCI_ENTRY_SYMLINK && strcmp(a->target, b->target) != 0)
		aspects |= OCI_ASPECT_TARGET;
	if (a->major != b->major || a->minor != b->minor)
		aspects |= OCI_ASPECT_DEVICE;
	return aspects;
}

/* Counts a difference, and reports it. */
static int report(struct oci_diff *out, const struct oci_diff_file *a,
		  const struct oci_diff_file *b, unsigned aspects,
		  const struct oci_diff_options *options, struct oci_error *err)
{
	if (!a)
		out->added++;
	else if (!b)
		out->removed++;
	else if (aspects == OCI_ASPECT_TIME)
		out->times++;
	else
		out->changed++;
	return options->file
		       ? options->file(options->data, a ? &a->entry : NULL,
				       b ? &b->entry : NULL, aspects, err)
		       : 0;
}

static int merge(struct oci_diff *out, const struct oci_diff_side *a,
		 const struct oci_diff_side *b,
		 const struct oci_diff_options *options, struct oci_error *err)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (!rc && (i < a->count || j < b->count)) {
		const struct oci_diff_file *left =
			i < a->count ? &a->files[i] : NULL;
		const struct oci_diff_file *right =
			j < b->count ? &b->files[j] : NULL;
		int order = !left    ? 1
			    : !right ? -1
				     : oci_diff_by_path(left, right);
		unsigned aspects = order ? 0 : compare(left, right);

		i += order <= 0;
		j += order >= 0;
		if (order || aspects)
			rc = report(out, order <= 0 ? left : NULL,
				    order >= 0 ? right : NULL, aspects, options,
				    err);
	}
	return rc;
}

static void run_task(struct oci_task *task, unsigned worker)
{
	(void)worker;
	oci_diff_read((struct oci_diff_side *)task);
}

/* Reads the first image on another thread, unless both have one store, which
 * one thread at a time may use. */
static int read_both(struct oci_diff_side *a, struct oci_diff_side *b,
		     struct oci_error *err)
{
	struct oci_pool *pool = NULL;
	int rc = a->store == b->store ? 0 : oci_pool_new(&pool, 1, err);

	if (rc)
		return rc;
	if (pool)
		oci_pool_give(pool, &a->task);
	else
		oci_diff_read(a);
	oci_diff_read(b);
	oci_pool_free(pool);
	if (err && (a->status || b->status))
		*err = a->status ? a->why : b->why;
	return a->status ? a->status : b->status;
}

static int compare_files(struct oci_diff *out, struct oci_diff_side *a,
			 struct oci_diff_side *b, struct oci_error *err)
{
	int rc;

	a->task.run = run_task;
	rc = read_both(a, b, err);
	if (!rc)
		rc = merge(out, a, b, a->options, err);
	oci_diff_release(b);
	oci_diff_release(a);
	return rc;
}

int oci_image_diff(struct oci_diff *out, struct oci_store *store_a,
		   const struct oci_image_documents *a,
		   struct oci_store *store_b,
		   const struct oci_image_documents *b,
		   const struct oci_diff_options *options,
		   struct oci_error *err)
{
	static const struct oci_diff_options usual = OCI_DIFF_OPTIONS_INIT;
	struct oci_diff_side left, right;
	struct oci_diff_options o;
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	*out = (struct oci_diff){
		.manifest = oci_digest_equal(&a->descriptor.digest,
					     &b->descriptor.digest),
		.layers = same_layers(&a->manifest.layers, &b->manifest.layers),
		.tars = same_tars(&a->config, &b->config),
	};
	rc = oci_diff_fields(out, a, b, &o, err);
	if (rc || out->layers)
		return rc;
	left = (struct oci_diff_side){ .store = store_a,
				       .image = a,
				       .options = &o };
	right = (struct oci_diff_side){ .store = store_b,
					.image = b,
					.options = &o };
	return compare_files(out, &left, &right, err);
}
