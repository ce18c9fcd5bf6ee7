/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs one layer of a plan, or uses it again after a cache hit. A layer is
 * applied to the root file system only if a layer above it has to be packed, or
 * if the linter reads the image.
 */
#include "spec/pack.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/progress.h"
#include "io/file.h"
#include "layer/reuse.h"
#include "layer/rootfs.h"
#include "store/cache.h"
#include "store/cached_blob.h"

static struct oci_layer_options options_of(const struct oci_packing *p,
					   const struct oci_plan_layer *layer)
{
	struct oci_layer_options out = OCI_LAYER_OPTIONS_INIT;

	out.compression = p->options->compression;
	out.level = p->options->level;
	out.jobs = p->options->jobs;
	out.name = layer->name;
	out.progress = p->options->progress;
	out.progress_data = p->options->progress_data;
	out.cancelled = p->options->cancelled;
	return out;
}

/* Applies the packed layer; *done is false if the cache does not have it. */
static int apply_written(bool *done, const struct oci_packing *p,
			 const struct oci_layer *layer, struct oci_error *err)
{
	struct oci_source *blob = NULL;
	int fd, rc = oci_cache_get(&fd, p->options->cache, &layer->digest,
				   layer->size, err);

	*done = !rc && fd >= 0;
	if (!*done)
		return rc;
	rc = oci_source_own_fd(&blob, fd, err);
	if (!rc)
		rc = oci_rootfs_apply_blob(p->rootfs, blob, err);
	oci_source_free(blob);
	return rc;
}

static bool is_as_written(const struct oci_packing *p,
			  const struct oci_pending *pending,
			  const struct oci_snapshot *snapshot)
{
	struct oci_layer_options options = options_of(p, pending->layer);
	const struct oci_layer_inputs inputs = {
		pending->spec, pending->plan,	  pending->layer,  snapshot,
		&options,      p->options->epoch, &pending->below,
	};

	return oci_layer_inputs_are(&pending->fingerprint, &inputs);
}

/* A layer must be applied from the same inputs from which it was packed. */
static int fail_changed(struct oci_error *err)
{
	return oci_fail(err, OCI_E_CHANGED, "its inputs changed while it was "
			"packed: pack again when nothing writes to them");
}

static int apply_inputs(struct oci_packing *p,
			const struct oci_pending *pending,
			struct oci_error *err)
{
	struct oci_packing at = *p;
	struct oci_tree *tree = NULL;
	struct oci_snapshot snapshot;
	int rc = oci_snapshot_take(&snapshot, pending->layer, &p->watch, err);

	if (rc)
		return rc;
	at.spec = pending->spec;
	at.plan = pending->plan;
	if (!is_as_written(p, pending, &snapshot))
		rc = fail_changed(err);
	if (!rc)
		rc = oci_pack_tree(&tree, &at, pending->layer, &snapshot, err);
	/* Archives were read after the snapshot was taken. */
	if (!rc && !oci_snapshot_holds(&snapshot, pending->layer))
		rc = fail_changed(err);
	if (!rc)
		rc = oci_rootfs_apply(p->rootfs, tree, err);
	oci_tree_free(tree);
	oci_snapshot_release(&snapshot);
	return oci_pack_locate_error(&at, rc, pending->layer->position, err);
}

static int apply_one(struct oci_packing *p, const struct oci_pending *pending,
		     struct oci_error *err)
{
	bool done = false;
	int rc = 0;

	if (pending->tree)
		return oci_pack_locate_error(
			p, oci_rootfs_apply(p->rootfs, pending->tree, err),
			pending->layer->position, err);
	/* Then applying the packed layer is faster; otherwise the snapshot of
	 * the inputs is enough. */
	if (oci_layer_has_archives(pending->layer))
		rc = apply_written(&done, p, &pending->written, err);
	return rc || done ? rc : apply_inputs(p, pending, err);
}

int oci_pack_apply(struct oci_packing *p, struct oci_error *err)
{
	int rc = 0;

	while (!rc && p->pending) {
		struct oci_pending *first = p->pending;

		rc = apply_one(p, first, err);
		p->pending = first->next;
		oci_tree_free(first->tree);
		free(first);
	}
	return rc;
}

void oci_pack_forget(struct oci_packing *p)
{
	while (p->pending) {
		struct oci_pending *next = p->pending->next;

		oci_tree_free(p->pending->tree);
		free(p->pending);
		p->pending = next;
	}
}

/* Takes ownership of tree, which may be NULL. */
static int add_pending(struct oci_packing *p,
		       const struct oci_plan_layer *layer,
		       const struct oci_cached_layer *cached,
		       struct oci_tree *tree, struct oci_error *err)
{
	struct oci_pending **last = &p->pending;
	struct oci_pending *pending = calloc(1, sizeof(*pending));

	if (!pending) {
		oci_tree_free(tree);
		return oci_fail_nomem(err);
	}
	pending->tree = tree;
	pending->spec = p->spec;
	pending->plan = p->plan;
	pending->layer = layer;
	pending->written = cached->record.layer;
	pending->fingerprint = cached->fingerprint;
	pending->below = p->fingerprint;
	while (*last)
		last = &(*last)->next;
	*last = pending;
	return 0;
}

static int report_reused(const struct oci_packing *p,
			 const struct oci_plan_layer *layer,
			 const struct oci_layer *cached, struct oci_error *err)
{
	const struct oci_progress progress = {
		.what = layer->name,
		.done = cached->tar_size,
		.total = cached->tar_size,
		.known = true,
		.ended = true,
	};

	oci_progress_tell(p->options->progress, p->options->progress_data,
			  &progress);
	return oci_watch_check(&p->watch, err);
}

/* Uses a cache hit, if the store has the blob or gets it from the cache. */
static int use_cached(bool *taken, struct oci_packing *p,
		      const struct oci_plan_layer *layer,
		      struct oci_cached_layer *cached,
		      const struct oci_layer_options *options,
		      struct oci_error *err)
{
	const struct oci_layer *written = &cached->record.layer;
	int rc = 0;

	*taken = false;
	if (cached->found)
		rc = oci_cached_layer_provide(taken, cached, p->store,
					      p->options->cache, err);
	if (!rc && *taken)
		rc = oci_image_add_written(p->image, written, options, err);
	if (!rc && *taken)
		rc = add_pending(p, layer, cached, NULL, err);
	if (!rc && *taken)
		rc = report_reused(p, layer, written, err);
	return rc;
}

/* Unchanged blocks are copied from the blob in the cache. */
static int write_layer(struct oci_cache_record *out, struct oci_packing *p,
		       const struct oci_tree *tree,
		       const struct oci_cached_layer *cached,
		       const struct oci_layer_options *options,
		       struct oci_error *err)
{
	struct oci_layer_before before = { &cached->record.blocks, -1 };
	struct oci_cache *cache = p->options->cache;
	struct oci_layer *layer = &out->layer;
	struct oci_sink *blob;
	int rc = oci_cached_blob_open(&blob, p->store, cache, err);

	if (rc)
		return rc;
	if (cache)
		before.fd = oci_cached_layer_open(cached, cache);
	rc = oci_layer_write_blocks(layer, cache ? &out->blocks : NULL, tree,
				    blob, options,
				    before.fd >= 0 ? &before : NULL, err);
	if (!rc)
		rc = oci_cached_blob_end(&out->file, blob, &layer->digest,
					 layer->size, err);
	oci_sink_free(blob);
	if (before.fd >= 0)
		close(before.fd);
	return rc ? rc : oci_image_add_written(p->image, layer, options, err);
}

/* Writes the cache record; it is racy if an input changed meanwhile. */
static void record_layer(struct oci_cached_layer *cached,
			 const struct oci_packing *p,
			 const struct oci_layer_inputs *inputs,
			 struct oci_cache_record *written)
{
	cached->racy = cached->racy || p->racy ||
		       !oci_snapshot_holds(inputs->snapshot, inputs->layer);
	oci_cached_layer_record(cached, p->options->cache, written);
}

static int pack_anew(struct oci_packing *p, struct oci_cached_layer *cached,
		     const struct oci_layer_inputs *inputs,
		     struct oci_snapshot *snapshot, struct oci_error *err)
{
	const struct oci_plan_layer *layer = inputs->layer;
	struct oci_tree *tree = NULL;
	struct oci_cache_record written = { 0 };
	int rc = oci_pack_apply(p, err);

	if (!rc)
		rc = oci_pack_tree(&tree, p, layer, snapshot, err);
	if (!rc)
		rc = write_layer(&written, p, tree, cached, inputs->options,
				 err);
	if (!rc && p->options->cache)
		record_layer(cached, p, inputs, &written);
	oci_cache_record_release(&written);
	if (!rc)
		return add_pending(p, layer, cached, tree, err);
	oci_tree_free(tree);
	return rc;
}

static int pack_snapshot(struct oci_packing *p,
			 const struct oci_plan_layer *layer,
			 struct oci_snapshot *snapshot, struct oci_error *err)
{
	struct oci_layer_options options = options_of(p, layer);
	struct oci_cached_layer cached = { 0 };
	const struct oci_layer_inputs inputs = {
		p->spec,  p->plan,	     layer,	      snapshot,
		&options, p->options->epoch, &p->fingerprint,
	};
	bool taken = false;
	int rc = 0;

	if (p->options->cache)
		rc = oci_cached_layer_find(&cached, p->options->cache, &inputs,
					   err);
	cached.racy = cached.racy || p->racy;
	cached.found = cached.found && !p->racy;
	if (!rc)
		rc = use_cached(&taken, p, layer, &cached, &options, err);
	if (!rc && !taken)
		rc = pack_anew(p, &cached, &inputs, snapshot, err);
	p->fingerprint = cached.fingerprint;
	p->racy = cached.racy;
	oci_cached_layer_release(&cached);
	return rc;
}

int oci_pack_layer(struct oci_packing *p, const struct oci_plan_layer *layer,
		   struct oci_error *err)
{
	struct oci_snapshot snapshot;
	int rc = oci_snapshot_take(&snapshot, layer, &p->watch, err);

	if (!rc) {
		rc = pack_snapshot(p, layer, &snapshot, err);
		oci_snapshot_release(&snapshot);
	}
	return oci_pack_locate_error(p, rc, layer->position, err);
}
