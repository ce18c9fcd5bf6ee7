/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of a layer. Packages are added before the entries, so that an entry
 * can replace a file of a package.
 *
 * Each message starts with a position in the spec. The tree adds it to what
 * oci_tree_settle reports; the functions here add it to what fails while an
 * entry is added.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/text.h"
#include "layer/node.h"
#include "spec/handle.h"
#include "spec/pack.h"
#include "store/store.h"

int oci_pack_locate_error(const struct oci_packing *p, int rc,
			  const char *position, struct oci_error *err)
{
	size_t size = strlen(p->spec->file);

	if (!rc || !err || p->store->failed)
		return rc;
	if (strncmp(err->message, p->spec->file, size) == 0 &&
	    err->message[size] == ':' && err->message[size + 1] >= '0' &&
	    err->message[size + 1] <= '9')
		return rc;
	return oci_wrap(err, rc, "%s", position);
}

static struct oci_attributes attributes_of(const struct oci_plan_entry *entry)
{
	return (struct oci_attributes){
		.mode = entry->mode,
		.uid = entry->owner.uid,
		.gid = entry->owner.gid,
		.mtime = entry->mtime,
		.replace = entry->replace,
		.position = entry->position,
		.extended = entry->extended.items,
		.extended_count = entry->extended.count,
	};
}

/* A file keeps its name under a path that ends in '/'. */
static int add_file(struct oci_tree *tree, const struct oci_plan_entry *entry,
		    const char *from, const struct stat *st,
		    const struct oci_attributes *attrs, struct oci_error *err)
{
	const char *folder = entry->path[1] ? entry->path : "";
	const char *name = oci_path_name(from);
	char path[OCI_PATH_MAX];
	int n;

	if (!entry->into)
		return oci_tree_add_snapshot(tree, entry->path, from, st, attrs,
					     err);
	n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return oci_fail(err, OCI_E_LIMIT, "path '%.80s.../%.80s' is "
				"too long", folder, name);
	return oci_tree_add_snapshot(tree, path, from, st, attrs, err);
}

/* Adds the listing of a folder, and frees it. */
static int add_folder(struct oci_tree *tree, const struct oci_plan_entry *entry,
		      struct oci_snapshot_input *state,
		      const struct oci_attributes *attrs, struct oci_error *err)
{
	const struct oci_filter filter = oci_plan_entry_filter(entry);
	int rc = oci_tree_add_listing(tree, entry->path, state->listing,
				      &filter, attrs, err);

	oci_listing_free(state->listing);
	state->listing = NULL;
	return rc;
}

static int add_inputs(struct oci_tree *tree, const struct oci_plan_entry *entry,
		      struct oci_snapshot_input **next,
		      const struct oci_attributes *attrs, struct oci_error *err)
{
	const struct oci_filter filter = oci_plan_entry_filter(entry);
	int rc = 0;

	for (size_t i = 0; !rc && i < entry->inputs.count; i++) {
		const struct oci_plan_input *input = &entry->inputs.items[i];
		struct oci_snapshot_input *state = (*next)++;

		tree->seen = entry->seen;
		if (entry->kind == OCI_PLAN_ARCHIVE)
			rc = oci_tree_add_archive(tree, entry->path,
						  input->path, &filter, attrs,
						  err);
		else if (state->listing)
			rc = add_folder(tree, entry, state, attrs, err);
		else
			rc = add_file(tree, entry, input->path, &state->st,
				      attrs, err);
	}
	tree->seen = NULL;
	return rc;
}

static int add_entry(struct oci_tree *tree, const struct oci_plan_entry *entry,
		     struct oci_snapshot_input **next, struct oci_error *err)
{
	struct oci_attributes attrs = attributes_of(entry);
	const struct oci_plan_device *device = &entry->device;

	switch (entry->kind) {
	case OCI_PLAN_FROM:
	case OCI_PLAN_ARCHIVE:
		return add_inputs(tree, entry, next, &attrs, err);
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

	attrs.position = deb->position;
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
		     const struct oci_plan_layer *layer,
		     struct oci_snapshot *snapshot, struct oci_error *err)
{
	struct oci_snapshot_input *next = snapshot->items;

	for (size_t i = 0; i < layer->deb_count; i++) {
		const struct oci_plan_deb *deb = &layer->debs[i];
		int rc = oci_pack_locate_error(p, add_deb(p, tree, deb, err),
					       deb->position, err);

		if (rc)
			return rc;
		next += deb->inputs.count;
	}
	for (size_t i = 0; i < layer->entry_count; i++) {
		const struct oci_plan_entry *entry = &layer->entries[i];
		int rc = oci_pack_locate_error(
			p, add_entry(tree, entry, &next, err), entry->position,
			err);

		if (rc)
			return rc;
	}
	return oci_tree_settle(tree, p->rootfs, err);
}

int oci_pack_tree(struct oci_tree **out, const struct oci_packing *p,
		  const struct oci_plan_layer *layer,
		  struct oci_snapshot *snapshot, struct oci_error *err)
{
	struct oci_tree_options options = OCI_TREE_OPTIONS_INIT;
	int rc;

	options.epoch = p->options->epoch;
	options.temp_dir = p->options->temp_dir;
	options.max_inflated = p->options->max_inflated;
	options.cancelled = p->options->cancelled;
	rc = oci_tree_new(out, &options, err);
	return rc ? rc : fill_tree(p, *out, layer, snapshot, err);
}
