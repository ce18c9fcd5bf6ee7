/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer of a plan, and what becomes of it. A layer that is known is not made
 * again. None is laid out unless one above it has to be made, or somebody
 * wants to look.
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
#include "store/store.h"

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
	return out;
}

/* Lays out a layer as it was written; *done where the cache has its bytes. */
static int lay_written(bool *done, const struct oci_packing *p,
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

/* What has to be unpacked comes faster from what it became; of files, their
 * names are enough. */
static bool is_unpacked(const struct oci_plan_layer *layer)
{
	if (layer->deb_count)
		return true;
	for (size_t i = 0; i < layer->entry_count; i++)
		if (layer->entries[i].kind == OCI_PLAN_ARCHIVE)
			return true;
	return false;
}

static bool is_as_written(const struct oci_packing *p,
			  const struct oci_pending *pending,
			  const struct oci_look *look)
{
	struct oci_layer_options options = options_of(p, pending->layer);
	const struct oci_known_subject subject = {
		pending->spec, pending->plan, pending->layer, look, &options,
		p->options->epoch, &pending->below,
	};

	return oci_known_is(&pending->key, &subject);
}

/* Nothing is to lie on other inputs than were written, and nobody is to look
 * at them. */
static int fail_changed(struct oci_error *err)
{
	return oci_fail(err, OCI_E_CHANGED, "its inputs changed while it was "
			"packed: pack again when nothing writes to them");
}

static int lay_inputs(struct oci_packing *p, const struct oci_pending *pending,
		      struct oci_error *err)
{
	struct oci_packing at = *p;
	struct oci_tree *tree = NULL;
	struct oci_look look;
	int rc = oci_look_open(&look, pending->layer, &p->watch, err);

	if (rc)
		return rc;
	at.spec = pending->spec;
	at.plan = pending->plan;
	if (!is_as_written(p, pending, &look))
		rc = fail_changed(err);
	if (!rc)
		rc = oci_pack_tree(&tree, &at, pending->layer, &look, err);
	/* Archives were read after they were looked at. */
	if (!rc && !oci_look_holds(&look, pending->layer))
		rc = fail_changed(err);
	if (!rc)
		rc = oci_rootfs_apply(p->rootfs, tree, err);
	oci_tree_free(tree);
	oci_look_release(&look);
	return oci_pack_place(&at, rc, pending->layer->origin, err);
}

static int lay_one(struct oci_packing *p, const struct oci_pending *pending,
		   struct oci_error *err)
{
	bool done = false;
	int rc = 0;

	if (pending->tree)
		return oci_pack_place(p, oci_rootfs_apply(p->rootfs,
							  pending->tree, err),
				      pending->layer->origin, err);
	if (is_unpacked(pending->layer))
		rc = lay_written(&done, p, &pending->written, err);
	return rc || done ? rc : lay_inputs(p, pending, err);
}

int oci_pack_lay(struct oci_packing *p, struct oci_error *err)
{
	int rc = 0;

	while (!rc && p->pending) {
		struct oci_pending *first = p->pending;

		rc = lay_one(p, first, err);
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

/* Takes tree over, if there is one. */
static int add_pending(struct oci_packing *p,
		       const struct oci_plan_layer *layer,
		       const struct oci_known *known, struct oci_tree *tree,
		       struct oci_error *err)
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
	pending->written = known->note.layer;
	pending->key = known->key;
	pending->below = p->key;
	while (*last)
		last = &(*last)->next;
	*last = pending;
	return 0;
}

static int report_known(const struct oci_packing *p,
			const struct oci_plan_layer *layer,
			const struct oci_layer *known, struct oci_error *err)
{
	const struct oci_progress progress = {
		layer->name, known->tar_size, known->tar_size, true,
	};

	return oci_progress_tell(p->options->progress,
				 p->options->progress_data, &progress, err);
}

/* Takes a layer that was packed before, where the store has it or gets it. */
static int take_known(bool *taken, struct oci_packing *p,
		      const struct oci_plan_layer *layer,
		      struct oci_known *known,
		      const struct oci_layer_options *options,
		      struct oci_error *err)
{
	const struct oci_layer *written = &known->note.layer;
	int rc = 0;

	*taken = false;
	if (known->found)
		rc = oci_known_provide(taken, known, p->store,
				       p->options->cache, err);
	if (!rc && *taken)
		rc = oci_image_add_written(p->image, written, options, err);
	if (!rc && *taken)
		rc = add_pending(p, layer, known, NULL, err);
	if (!rc && *taken)
		rc = report_known(p, layer, written, err);
	return rc;
}

/* Where a blob is a file, the cache has it without a copy. */
static void adopt(const struct oci_packing *p, const struct oci_digest *digest)
{
	char *path;

	if (p->store->ops->file(&path, p->store, digest, NULL))
		return;
	oci_cache_adopt(p->options->cache, path, digest);
	free(path);
}

/* Blocks that are as before are taken over. */
static int write_layer(struct oci_note *out, struct oci_packing *p,
		       const struct oci_tree *tree,
		       const struct oci_known *known,
		       const struct oci_layer_options *options,
		       struct oci_error *err)
{
	struct oci_layer_before before = { &known->note.blocks, -1 };
	struct oci_cache *cache = p->options->cache;
	/* The store has a file of it, and no other one is written beside. */
	bool one_file = cache && p->layers == p->store;
	struct oci_sink *blob;
	int lent = -1, rc = oci_store_create(&blob, p->layers, err);

	if (rc)
		return rc;
	if (p->layers->ops->grow)
		p->layers->ops->grow(p->layers, blob);
	if (cache)
		before.fd = oci_known_open(known, cache);
	rc = oci_layer_write_blocks(&out->layer, cache ? &out->blocks : NULL,
				    tree, blob, options,
				    before.fd >= 0 ? &before : NULL, err);
	if (!rc && one_file && p->store->ops->lend)
		p->store->ops->lend(&lent, p->store, blob, NULL);
	if (!rc)
		rc = oci_store_add(p->layers, blob, &out->layer.digest,
				   out->layer.size, err);
	oci_sink_free(blob);
	if (before.fd >= 0)
		close(before.fd);
	if (!rc && one_file && p->store->ops->file)
		adopt(p, &out->layer.digest);
	if (!rc && cache)
		oci_known_mark(&out->file, p->store, &out->layer);
	if (!rc && lent >= 0)
		oci_cache_adopt_fd(cache, lent, &out->layer.digest);
	if (lent >= 0)
		close(lent);
	return rc ? rc : oci_image_add_written(p->image, &out->layer, options,
					       err);
}

/* What was looked at before the inputs were read is to be the same after. */
static void note_layer(struct oci_known *known, const struct oci_packing *p,
		       const struct oci_known_subject *subject,
		       struct oci_note *written)
{
	known->settled = known->settled && p->settled &&
			 oci_look_holds(subject->look, subject->layer);
	oci_known_note(known, p->options->cache, written);
}

static int pack_anew(struct oci_packing *p, struct oci_known *known,
		     const struct oci_known_subject *subject,
		     struct oci_look *look, struct oci_error *err)
{
	const struct oci_plan_layer *layer = subject->layer;
	struct oci_tree *tree = NULL;
	struct oci_note written = {0};
	int rc = oci_pack_lay(p, err);

	if (!rc)
		rc = oci_pack_tree(&tree, p, layer, look, err);
	if (!rc)
		rc = write_layer(&written, p, tree, known, subject->options,
				 err);
	if (!rc && p->options->cache)
		note_layer(known, p, subject, &written);
	oci_note_release(&written);
	if (!rc)
		return add_pending(p, layer, known, tree, err);
	oci_tree_free(tree);
	return rc;
}

static int pack_looked(struct oci_packing *p,
		       const struct oci_plan_layer *layer,
		       struct oci_look *look, struct oci_error *err)
{
	struct oci_layer_options options = options_of(p, layer);
	struct oci_known known = {0};
	const struct oci_known_subject subject = {
		p->spec, p->plan, layer, look, &options, p->options->epoch,
		&p->key,
	};
	bool taken = false;
	int rc = 0;

	if (p->options->cache)
		rc = oci_known_find(&known, p->options->cache, &subject, err);
	known.settled = known.settled && p->settled;
	known.found = known.found && p->settled;
	if (!rc)
		rc = take_known(&taken, p, layer, &known, &options, err);
	if (!rc && !taken)
		rc = pack_anew(p, &known, &subject, look, err);
	p->key = known.key;
	p->settled = known.settled;
	oci_known_release(&known);
	return rc;
}

int oci_pack_layer(struct oci_packing *p, const struct oci_plan_layer *layer,
		   struct oci_error *err)
{
	struct oci_look look;
	int rc = oci_look_open(&look, layer, &p->watch, err);

	if (!rc) {
		rc = pack_looked(p, layer, &look, err);
		oci_look_release(&look);
	}
	return oci_pack_place(p, rc, layer->origin, err);
}
