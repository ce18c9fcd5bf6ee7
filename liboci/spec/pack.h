/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of packing: layers, config, base, and what is no image. */
#ifndef SPEC_PACK_H
#define SPEC_PACK_H

#include <oci/image.h>
#include <oci/spec.h>

#include "base/watch.h"
#include "spec/layer_cache.h"
#include "spec/plan.h"

/* A base that is open: several platforms may start from one. */
struct oci_pack_base {
	struct oci_pack_base *next;
	const char *text;		/* borrowed from the plan */
	struct oci_store *store;
	struct oci_descriptor image;
};

/* A layer that is in the image, and not laid out yet. */
struct oci_pending {
	struct oci_pending *next;
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_plan_layer *layer;
	struct oci_tree *tree;		/* of one that was made; or NULL */
	struct oci_layer written;
	struct oci_digest fingerprint;
	struct oci_digest below; /* the fingerprint of the layer below */
};

/* One platform of a spec on its way into a store. */
struct oci_packing {
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_pack_options *options;
	struct oci_store *store;
	struct oci_image *image;
	struct oci_rootfs *rootfs;	/* without what is pending */
	struct oci_pending *pending;	/* lowest first */
	struct oci_digest fingerprint;	/* of all layers so far */
	bool racy; /* the fingerprint may stand for other inputs
		    * later */
	struct oci_pack_base **open;	/* bases of all platforms */
	struct oci_pairs base;		/* the base's annotations that the
					 * manifests so far have in common */
	bool begun;			/* there is a manifest */
	struct oci_watch watch;		/* of the layers of a platform */
};

/* pack_base.c: keeps in p->base what the image says of its base, if all images
 * before say the same. */
int oci_pack_base_common(struct oci_packing *p, struct oci_error *err);
/* pack_tree.c: puts position in front of an error, unless a place in the spec
 * is there already. */
int oci_pack_locate_error(const struct oci_packing *p, int rc,
			  const char *position, struct oci_error *err);
/* The tree of a layer, settled, of what was looked at: its folders are used up
 * then. *out is the caller's also when it fails. */
int oci_pack_tree(struct oci_tree **out, const struct oci_packing *p,
		  const struct oci_plan_layer *layer,
		  struct oci_snapshot *snapshot, struct oci_error *err);
/* pack_layer.c: adds the next layer of the plan. */
int oci_pack_layer(struct oci_packing *p, const struct oci_plan_layer *layer,
		   struct oci_error *err);
/* Lays out what is pending. */
int oci_pack_apply(struct oci_packing *p, struct oci_error *err);
/* Leaves it so. */
void oci_pack_forget(struct oci_packing *p);

/* pack_base.c: starts the image from what the plan names, laid over rootfs.
 * *fingerprint is what the name led to. */
int oci_pack_base(struct oci_digest *fingerprint, struct oci_packing *p,
		  struct oci_error *err);
void oci_pack_bases_release(struct oci_pack_base *open);

/* pack_artifact.c: an artifact's files and its manifest. */
int oci_pack_artifact(struct oci_descriptor *out, const struct oci_plan *plan,
		      struct oci_store *store,
		      const struct oci_pack_options *options,
		      struct oci_error *err);

/* pack_notes.c: tells options->note what may be a slip, once all is packed. */
void oci_pack_notes(const struct oci_spec *spec,
		    const struct oci_pack_options *options);

/* pack_config.c: lays what the plan says over what out has. */
int oci_pack_config(struct oci_config *out,
		    const struct oci_plan_settings *from,
		    struct oci_error *err);
int oci_pack_pairs(struct oci_pairs *out, const struct oci_pairs *from,
		   struct oci_error *err);

#endif
