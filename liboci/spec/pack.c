/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a plan into layers, a config and a manifest in a store. */
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "layer/rootfs.h"
#include "spec/handle.h"
#include "spec/pack.h"

/* An unreachable registry is not an error of the spec; a missing image is. */
static bool is_of_registry(const char *base, int rc)
{
	return rc == OCI_E_SYSTEM && strncmp(base, "docker://", 9) == 0;
}

/* Packs the layers and config of a plan on top of its base. */
static int pack_plan(struct oci_packing *p, struct oci_error *err)
{
	const struct oci_spec *spec = p->spec;
	const struct oci_plan *plan = p->plan;
	int rc = 0;

	if (plan->base.kind == OCI_PLAN_BASE_SPEC) {
		p->spec = spec->bases[plan - spec->plans];
		p->plan = &p->spec->plans[0];
		rc = pack_plan(p, err);
		p->spec = spec;
		p->plan = plan;
	} else if (plan->base.kind == OCI_PLAN_BASE_IMAGE) {
		rc = oci_pack_add_base(&p->fingerprint, p, err);
		if (!is_of_registry(plan->base.text, rc))
			rc = oci_pack_locate_error(p, rc, plan->base.position,
						   err);
	}
	for (size_t i = 0; !rc && i < plan->layer_count; i++)
		rc = oci_pack_layer(p, &plan->layers[i], err);
	return rc ? rc : oci_pack_config(oci_image_config(p->image),
					 &plan->config, err);
}

/* The lint callback may stop; the manifest is then unreferenced. */
static int lint(struct oci_descriptor *written, struct oci_packing *p,
		struct oci_error *err)
{
	const struct oci_pack_options *o = p->options;
	const struct oci_config *config = oci_image_config(p->image);
	const struct oci_descriptors *layers = oci_image_layers(p->image);
	int rc;

	if (o->checked && o->checked(o->check_data, config, layers))
		return 0;
	rc = oci_pack_apply(p, err);
	if (!rc)
		rc = o->check(o->check_data, p->rootfs, config, layers, err);
	if (rc)
		oci_descriptor_release(written);
	return rc;
}

static int pack_platform(struct oci_descriptor *out, struct oci_packing *p,
			 struct oci_error *err)
{
	int64_t epoch = p->options->epoch;
	int rc;

	p->image = NULL;
	p->rootfs = NULL;
	p->fingerprint = (struct oci_digest){ 0 };
	p->racy = false;
	p->watch = (struct oci_watch){
		.cancelled = p->options->cancelled,
		.max_inflated = p->options->max_inflated,
	};
	rc = oci_image_new(&p->image, &p->plan->platform,
			   epoch == OCI_DEFAULT ? 0 : epoch, err);
	if (rc)
		goto out;
	rc = oci_rootfs_new(&p->rootfs, err);
	if (!rc)
		p->rootfs->watch = &p->watch;
	if (!rc && p->options->check)
		rc = oci_rootfs_keep_lint_files(p->rootfs, p->options->temp_dir,
						err);
	if (!rc)
		rc = pack_plan(p, err);
	if (!rc)
		rc = oci_pack_pairs(oci_image_annotations(p->image),
				    &p->plan->annotations, err);
	if (!rc)
		rc = oci_pack_base_common(p, err);
	if (!rc)
		rc = oci_image_write(out, p->image, p->store, err);
	if (!rc && p->options->check)
		rc = lint(out, p, err);
out:
	oci_pack_forget(p);
	oci_rootfs_free(p->rootfs);
	oci_image_free(p->image);
	return rc;
}

static bool has_pair(const struct oci_pairs *map, const struct oci_pair *pair)
{
	const char *value = oci_pairs_get(map, pair->key);

	return value && strcmp(value, pair->value) == 0;
}

/* An index gets the annotations that all its manifests have. */
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

static int pack_index(struct oci_descriptor *out, struct oci_packing *p,
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
		rc = oci_pack_pairs(&annotations, &p->base, err);
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
	struct oci_pack_options o;
	struct oci_packing p = {
		.spec = spec,
		.plan = &spec->plans[0],
		.options = &o,
		.store = store,
		.open = &open,
	};
	int rc;

	oci_options_read(&o, sizeof(o), &defaults, options);
	if (p.plan->artifact)
		return oci_pack_artifact(out, p.plan, store, p.options, err);
	rc = spec->count > 1 ? pack_index(out, &p, err)
			     : pack_platform(out, &p, err);
	if (!rc && p.options->note)
		oci_pack_notes(spec, p.options);
	oci_pack_bases_release(open);
	oci_pairs_release(&p.base);
	return rc;
}
