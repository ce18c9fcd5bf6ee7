/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan to layers, a config and a manifest in a store. Debs go into a layer
 * before its entries, so that an entry can replace what a package brought.
 *
 * Every error says where in the spec it comes from. A tree puts the place of
 * an entry in front of what it finds while it settles; what fails while an
 * entry is added gets it here.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/text.h"
#include "spec/handle.h"
#include "spec/pack.h"

/* One platform of a spec on its way into a store. */
struct packing {
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_pack_options *options;
	struct oci_store *store;
	struct oci_image *image;
	struct oci_rootfs *rootfs;
	struct oci_pack_base **open;	/* bases of all platforms */
};

/* Puts origin in front, unless a place in the spec is there already. */
static int place(const struct packing *p, int rc, const char *origin,
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

static int add_deb(const struct packing *p, struct oci_tree *tree,
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

static int fill_tree(const struct packing *p, struct oci_tree *tree,
		     const struct oci_plan_layer *layer, struct oci_error *err)
{
	for (size_t i = 0; i < layer->deb_count; i++) {
		const struct oci_plan_deb *deb = &layer->debs[i];
		int rc = place(p, add_deb(p, tree, deb, err), deb->origin, err);

		if (rc)
			return rc;
	}
	for (size_t i = 0; i < layer->entry_count; i++) {
		const struct oci_plan_entry *entry = &layer->entries[i];
		int rc = place(p, add_entry(tree, entry, err), entry->origin,
			       err);

		if (rc)
			return rc;
	}
	return oci_tree_settle(tree, p->rootfs, err);
}

static int pack_layer(const struct packing *p,
		      const struct oci_plan_layer *layer, struct oci_error *err)
{
	const struct oci_pack_options *options = p->options;
	struct oci_tree_options tree_options = OCI_TREE_OPTIONS_INIT;
	struct oci_layer_options layer_options = OCI_LAYER_OPTIONS_INIT;
	struct oci_tree *tree;
	int rc;

	tree_options.epoch = options->epoch;
	tree_options.temp_dir = options->temp_dir;
	layer_options.compression = options->compression;
	layer_options.level = options->level;
	layer_options.jobs = options->jobs;
	layer_options.name = layer->name;
	layer_options.progress = options->progress;
	layer_options.progress_data = options->progress_data;
	rc = oci_tree_new(&tree, &tree_options, err);
	if (rc)
		return rc;
	rc = fill_tree(p, tree, layer, err);
	if (!rc)
		rc = oci_image_add_layer(p->image, p->store, tree,
					 &layer_options, err);
	if (!rc)
		rc = oci_rootfs_apply(p->rootfs, tree, err);
	oci_tree_free(tree);
	return place(p, rc, layer->origin, err);
}

/* Layers and config of a plan, over those of what it starts from. */
static int pack_plan(const struct packing *p, struct oci_error *err)
{
	const struct oci_plan *plan = p->plan;
	size_t at = (size_t)(plan - p->spec->plans);
	int rc = 0;

	if (plan->base.kind == OCI_PLAN_BASE_SPEC) {
		struct packing below = *p;

		below.spec = p->spec->bases[at];
		below.plan = &below.spec->plans[0];
		rc = pack_plan(&below, err);
	} else if (plan->base.kind == OCI_PLAN_BASE_IMAGE) {
		rc = oci_pack_base(p->image, p->rootfs, p->store, p->open,
				   plan, p->options, err);
		rc = place(p, rc, plan->base.origin, err);
	}
	for (size_t i = 0; !rc && i < plan->layer_count; i++)
		rc = pack_layer(p, &plan->layers[i], err);
	return rc ? rc : oci_pack_config(oci_image_config(p->image),
					 &plan->config, err);
}

/* Who looks may end it: what was written is nobody's then. */
static int look(struct oci_descriptor *written, const struct packing *p,
		struct oci_error *err)
{
	int rc = p->options->look(p->options->look_data, p->rootfs,
				  oci_image_config(p->image),
				  oci_image_layers(p->image), err);

	if (rc)
		oci_descriptor_release(written);
	return rc;
}

static int pack_platform(struct oci_descriptor *out, struct packing *p,
			 struct oci_error *err)
{
	int64_t epoch = p->options->epoch;
	int rc;

	p->image = NULL;
	p->rootfs = NULL;
	rc = oci_image_new(&p->image, &p->plan->platform,
			   epoch == OCI_DEFAULT ? 0 : epoch, err);
	if (rc)
		goto out;
	rc = oci_rootfs_new(&p->rootfs, err);
	if (!rc && p->options->look)
		rc = oci_rootfs_keep(p->rootfs, p->options->temp_dir, err);
	if (!rc)
		rc = pack_plan(p, err);
	if (!rc)
		rc = oci_pack_pairs(oci_image_annotations(p->image),
				    &p->plan->annotations, err);
	if (!rc)
		rc = oci_image_write(out, p->image, p->store, err);
	if (!rc && p->options->look)
		rc = look(out, p, err);
out:
	oci_rootfs_free(p->rootfs);
	oci_image_free(p->image);
	return rc;
}

static bool has_pair(const struct oci_pairs *map, const struct oci_pair *pair)
{
	const char *value = oci_pairs_get(map, pair->key);

	return value && strcmp(value, pair->value) == 0;
}

/* An index says what is true of all its manifests. */
static int common_annotations(struct oci_pairs *out,
			      const struct oci_spec *spec,
			      struct oci_error *err)
{
	const struct oci_pairs *first = &spec->plans[0].annotations;
	int rc = 0;

	for (size_t i = 0; !rc && i < first->count; i++) {
		const struct oci_pair *pair = &first->items[i];
		size_t same = 1;

		for (; same < spec->count; same++)
			if (!has_pair(&spec->plans[same].annotations, pair))
				break;
		if (same == spec->count)
			rc = oci_pairs_set(out, pair->key, pair->value, err);
	}
	return rc;
}

static int pack_index(struct oci_descriptor *out, struct packing *p,
		      struct oci_error *err)
{
	struct oci_descriptors manifests = {0};
	struct oci_pairs annotations = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < p->spec->count; i++) {
		struct oci_descriptor manifest = {0};

		p->plan = &p->spec->plans[i];
		rc = pack_platform(&manifest, p, err);
		if (!rc)
			rc = oci_descriptors_add(&manifests, &manifest, err);
		oci_descriptor_release(&manifest);
	}
	if (!rc)
		rc = common_annotations(&annotations, p->spec, err);
	if (!rc)
		rc = oci_image_write_index(out, &manifests, &annotations,
					   p->store, err);
	oci_pairs_release(&annotations);
	oci_descriptors_release(&manifests);
	return rc;
}

int oci_spec_pack(struct oci_descriptor *out, const struct oci_spec *spec,
		  struct oci_store *store,
		  const struct oci_pack_options *options, struct oci_error *err)
{
	static const struct oci_pack_options defaults = OCI_PACK_OPTIONS_INIT;
	struct oci_pack_base *open = NULL;
	struct packing p = {
		.spec = spec,
		.plan = &spec->plans[0],
		.options = options ? options : &defaults,
		.store = store,
		.open = &open,
	};
	int rc;

	if (p.plan->artifact)
		return oci_pack_artifact(out, p.plan, store, p.options, err);
	rc = spec->count > 1 ? pack_index(out, &p, err) :
			       pack_platform(out, &p, err);
	oci_pack_bases_release(open);
	return rc;
}
