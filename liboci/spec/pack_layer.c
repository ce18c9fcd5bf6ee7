/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer of a plan: its tree, and what becomes of it. Debs go into a layer
 * before its entries, so that an entry can replace what a package brought.
 *
 * Every error says where in the spec it comes from. A tree puts the place of
 * an entry in front of what it finds while it settles; what fails while an
 * entry is added gets it here.
 *
 * A layer that is known is not made again, and not laid out either, unless
 * one above it has to be made, or somebody wants to look.
 */
#include "spec/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/text.h"
#include "io/ahead.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/rootfs.h"
#include "spec/handle.h"
#include "store/cache.h"

/* Puts origin in front, unless a place in the spec is there already. */
int oci_pack_place(const struct oci_packing *p, int rc, const char *origin,
		   struct oci_error *err)
{
	size_t size = strlen(p->spec->file);

	if (!rc || !err)
		return rc;
	if (strncmp(err->message, p->spec->file, size) == 0 &&
	    err->message[size] == ':' && err->message[size + 1] >= '0' &&
	    err->message[size + 1] <= '9')
		return rc;
	return oci_wrap(err, rc, "%s", origin);
}

static struct oci_attributes attributes_of(const struct oci_plan_entry *entry)
{
	return (struct oci_attributes){
		.mode = entry->mode,
		.uid = entry->owner.uid,
		.gid = entry->owner.gid,
		.mtime = entry->mtime,
		.replace = entry->replace,
		.origin = entry->origin,
	};
}

/* A file under a path that ends in '/' keeps its own name. */
static int add_file(struct oci_tree *tree, const struct oci_plan_entry *entry,
		    const char *from, const struct oci_attributes *attrs,
		    struct oci_error *err)
{
	const char *folder = entry->path[1] ? entry->path : "";
	const char *name = oci_path_name(from);
	char path[OCI_PATH_MAX];
	int n;

	if (!entry->into)
		return oci_tree_add_file(tree, entry->path, from, attrs, err);
	n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return oci_fail(err, OCI_E_LIMIT, "path '%.80s.../%.80s' is "
				"too long", folder, name);
	return oci_tree_add_file(tree, path, from, attrs, err);
}

static int add_inputs(struct oci_tree *tree, const struct oci_plan_entry *entry,
		      const struct oci_attributes *attrs, struct oci_error *err)
{
	struct oci_filter filter = {
		&entry->include, &entry->exclude, (unsigned)entry->strip,
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < entry->inputs.count; i++) {
		const struct oci_plan_input *input = &entry->inputs.items[i];

		if (entry->kind == OCI_PLAN_ARCHIVE)
			rc = oci_tree_add_archive(tree, entry->path,
						  input->path, &filter, attrs,
						  err);
		else if (input->folder)
			rc = oci_tree_add_folder(tree, entry->path, input->path,
						 &filter, attrs, err);
		else
			rc = add_file(tree, entry, input->path, attrs, err);
	}
	return rc;
}

static int add_entry(struct oci_tree *tree, const struct oci_plan_entry *entry,
		     struct oci_error *err)
{
	struct oci_attributes attrs = attributes_of(entry);
	const struct oci_plan_device *device = &entry->device;

	switch (entry->kind) {
	case OCI_PLAN_FROM:
	case OCI_PLAN_ARCHIVE:
		return add_inputs(tree, entry, &attrs, err);
	case OCI_PLAN_CONTENT:
		return oci_tree_add_content(tree, entry->path,
					    entry->content.data,
					    entry->content.size, &attrs, err);
	case OCI_PLAN_DIRECTORY:
		return oci_tree_add_directory(tree, entry->path, &attrs, err);
	case OCI_PLAN_SYMLINK:
		return oci_tree_add_symlink(tree, entry->path, entry->source,
					    &attrs, err);
	case OCI_PLAN_HARDLINK:
		return oci_tree_add_hardlink(tree, entry->path, entry->source,
					     &attrs, err);
	case OCI_PLAN_DEVICE:
		return oci_tree_add_device(tree, entry->path, device->type,
					   device->major, device->minor,
					   &attrs, err);
	case OCI_PLAN_REMOVE:
		return oci_tree_add_whiteout(tree, entry->path, &attrs, err);
	default:
		return oci_fail(err, OCI_E_INVALID, "entry without a kind");
	}
}

static int add_deb(const struct oci_packing *p, struct oci_tree *tree,
		   const struct oci_plan_deb *deb, struct oci_error *err)
{
	const char *architecture = oci_platform_debian(&p->plan->platform);
	struct oci_attributes attrs = OCI_ATTRIBUTES_INIT;
	char text[OCI_PLATFORM_TEXT];
	int rc = 0;

	attrs.origin = deb->origin;
	if (!architecture) {
		oci_platform_format(text, &p->plan->platform);
		return oci_fail(err, OCI_E_INVALID, "Debian has no packages "
				"for platform '%s', expected no 'debs'", text);
	}
	for (size_t i = 0; !rc && i < deb->inputs.count; i++)
		rc = oci_tree_add_deb(tree, deb->inputs.items[i].path,
				      architecture, &attrs, err);
	return rc;
}

static int fill_tree(const struct oci_packing *p, struct oci_tree *tree,
		     const struct oci_plan_layer *layer, struct oci_error *err)
{
	for (size_t i = 0; i < layer->deb_count; i++) {
		const struct oci_plan_deb *deb = &layer->debs[i];
		int rc = oci_pack_place(p, add_deb(p, tree, deb, err),
					deb->origin, err);

		if (rc)
			return rc;
	}
	for (size_t i = 0; i < layer->entry_count; i++) {
		const struct oci_plan_entry *entry = &layer->entries[i];
		int rc = oci_pack_place(p, add_entry(tree, entry, err),
					entry->origin, err);

		if (rc)
			return rc;
	}
	return oci_tree_settle(tree, p->rootfs, err);
}

/* The tree of a layer, settled; *out is the caller's also when it fails. */
static int make_tree(struct oci_tree **out, const struct oci_packing *p,
		     const struct oci_plan_layer *layer, struct oci_error *err)
{
	struct oci_tree_options options = OCI_TREE_OPTIONS_INIT;
	int rc;

	options.epoch = p->options->epoch;
	options.temp_dir = p->options->temp_dir;
	rc = oci_tree_new(out, &options, err);
	return rc ? rc : fill_tree(p, *out, layer, err);
}

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
	struct oci_source *blob = NULL, *inflate = NULL, *tar = NULL;
	int fd, rc = oci_cache_get(&fd, p->options->cache, &layer->digest,
				   layer->size, err);

	*done = !rc && fd >= 0;
	if (!*done)
		return rc;
	rc = oci_source_own_fd(&blob, fd, err);
	if (!rc)
		rc = oci_inflate_open(&inflate, blob, err);
	if (!rc)
		rc = oci_ahead_open(&tar, inflate, err);
	if (!rc)
		rc = oci_rootfs_apply_tar(p->rootfs, tar, err);
	oci_source_free(tar);
	oci_source_free(inflate);
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

static int lay_one(struct oci_packing *p, const struct oci_pending *pending,
		   struct oci_error *err)
{
	struct oci_packing at = *p;
	struct oci_tree *tree = NULL;
	bool done = false;
	int rc = 0;

	at.spec = pending->spec;
	at.plan = pending->plan;
	if (is_unpacked(pending->layer))
		rc = lay_written(&done, p, &pending->written, err);
	if (rc || done)
		return rc;
	rc = make_tree(&tree, &at, pending->layer, err);
	if (!rc)
		rc = oci_rootfs_apply(p->rootfs, tree, err);
	oci_tree_free(tree);
	return oci_pack_place(&at, rc, pending->layer->origin, err);
}

int oci_pack_lay(struct oci_packing *p, struct oci_error *err)
{
	int rc = 0;

	while (!rc && p->pending) {
		struct oci_pending *first = p->pending;

		rc = lay_one(p, first, err);
		p->pending = first->next;
		free(first);
	}
	return rc;
}

void oci_pack_forget(struct oci_packing *p)
{
	while (p->pending) {
		struct oci_pending *next = p->pending->next;

		free(p->pending);
		p->pending = next;
	}
}

static int add_pending(struct oci_packing *p,
		       const struct oci_plan_layer *layer,
		       const struct oci_layer *written, struct oci_error *err)
{
	struct oci_pending **last = &p->pending;
	struct oci_pending *pending = calloc(1, sizeof(*pending));

	if (!pending)
		return oci_fail_nomem(err);
	pending->spec = p->spec;
	pending->plan = p->plan;
	pending->layer = layer;
	pending->written = *written;
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

	if (!p->options->progress ||
	    p->options->progress(p->options->progress_data, &progress) == 0)
		return 0;
	return oci_fail(err, OCI_E_CANCELLED, "cancelled");
}

/* Takes a layer that was packed before, where the store has it or gets it. */
static int take_known(bool *taken, struct oci_packing *p,
		      const struct oci_plan_layer *layer,
		      const struct oci_known *known,
		      const struct oci_layer_options *options,
		      struct oci_error *err)
{
	int rc = 0;

	*taken = false;
	if (known->found)
		rc = oci_known_provide(taken, p->store, p->options->cache,
				       &known->layer, err);
	if (!rc && *taken)
		rc = oci_image_add_written(p->image, &known->layer, options,
					   err);
	if (!rc && *taken)
		rc = add_pending(p, layer, &known->layer, err);
	if (!rc && *taken)
		rc = report_known(p, layer, &known->layer, err);
	return rc;
}

static int write_layer(struct oci_layer *out, struct oci_packing *p,
		       const struct oci_tree *tree,
		       const struct oci_layer_options *options,
		       struct oci_error *err)
{
	struct oci_sink *blob;
	int rc = oci_store_create(&blob, p->layers, err);

	if (rc)
		return rc;
	rc = oci_layer_write(out, tree, blob, options, err);
	if (!rc)
		rc = oci_store_add(p->layers, blob, &out->digest, out->size,
				   err);
	oci_sink_free(blob);
	return rc ? rc : oci_image_add_written(p->image, out, options, err);
}

static int pack_anew(struct oci_packing *p, const struct oci_plan_layer *layer,
		     const struct oci_known *known,
		     const struct oci_layer_options *options,
		     struct oci_error *err)
{
	struct oci_tree *tree = NULL;
	struct oci_layer written;
	int rc = oci_pack_lay(p, err);

	if (!rc)
		rc = make_tree(&tree, p, layer, err);
	if (!rc)
		rc = write_layer(&written, p, tree, options, err);
	if (!rc)
		rc = oci_rootfs_apply(p->rootfs, tree, err);
	if (!rc && p->options->cache)
		oci_known_note(known, p->options->cache, &written);
	oci_tree_free(tree);
	return rc;
}

int oci_pack_layer(struct oci_packing *p, const struct oci_plan_layer *layer,
		   struct oci_error *err)
{
	struct oci_layer_options options = options_of(p, layer);
	struct oci_known known = {0};
	const struct oci_known_subject subject = {
		p->spec, p->plan, layer, &options, p->options->epoch, &p->key,
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
		rc = pack_anew(p, layer, &known, &options, err);
	p->key = known.key;
	p->settled = known.settled;
	return oci_pack_place(p, rc, layer->origin, err);
}
