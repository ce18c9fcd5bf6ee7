/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of packing a spec: base, layers, config, artifacts. */
#ifndef SPEC_PACK_H
#define SPEC_PACK_H

#include <oci/image.h>
#include <oci/spec.h>

#include "base/watch.h"
#include "spec/layer_cache.h"
#include "spec/plan.h"

/* An open base. Several platforms may start from it. */
struct oci_pack_base {
	struct oci_pack_base *next;
	const char *text;		/* borrowed from the plan */
	struct oci_store *store;
	struct oci_descriptor image;
};

/* A layer of the image that was not applied to the root file system yet. */
struct oci_pending {
	struct oci_pending *next;
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_plan_layer *layer;
	struct oci_tree *tree; /* NULL: it was a cache hit */
	struct oci_layer written;
	struct oci_digest fingerprint;
	struct oci_digest below; /* the fingerprint of the layer below */
};

/* The packing of one platform of a spec into a store. */
struct oci_packing {
	const struct oci_spec *spec;
	const struct oci_plan *plan;
	const struct oci_pack_options *options;
	struct oci_store *store;
	struct oci_image *image;
	struct oci_rootfs *rootfs;   /* of the layers below the pending ones */
	struct oci_pending *pending; /* layers, lowest first */
	struct oci_digest fingerprint;	/* of all layers so far */
	bool racy; /* the fingerprint must not give a cache hit */
	struct oci_pack_base **open;	/* bases of all platforms */
	struct oci_pairs base;		/* the base annotations that all
					 * manifests so far have */
	bool begun;			/* a manifest was written */
	struct oci_watch watch;		/* over the layers of this platform */
};

/* pack_base.c: updates p->base with the annotations of the image just written:
 * keeps those that are equal in all images so far. */
int oci_pack_base_common(struct oci_packing *p, struct oci_error *err);
/* pack_tree.c: puts "POSITION: " in front of a message that has no position in
 * the spec yet, and returns rc. Does nothing if rc is 0 or if the store failed,
 * for which no position is to blame. */
int oci_pack_locate_error(const struct oci_packing *p, int rc,
			  const char *position, struct oci_error *err);
/* Makes the settled tree of a layer from a snapshot, whose listings it uses up.
 * The caller frees *out, also after a failure. */
int oci_pack_tree(struct oci_tree **out, const struct oci_packing *p,
		  const struct oci_plan_layer *layer,
		  struct oci_snapshot *snapshot, struct oci_error *err);
/* pack_layer.c: adds the next layer of the plan. */
int oci_pack_layer(struct oci_packing *p, const struct oci_plan_layer *layer,
		   struct oci_error *err);
/* Applies the pending layers to p->rootfs. */
int oci_pack_apply(struct oci_packing *p, struct oci_error *err);
/* Frees the pending layers without applying them. */
void oci_pack_forget(struct oci_packing *p);

/* pack_base.c: adds the plan's base to the image and applies its layers to
 * p->rootfs. Sets *fingerprint to that of the base's layers. */
int oci_pack_add_base(struct oci_digest *fingerprint, struct oci_packing *p,
		      struct oci_error *err);
void oci_pack_bases_release(struct oci_pack_base *open);

/* pack_artifact.c: stores an artifact's files and manifest. */
int oci_pack_artifact(struct oci_descriptor *out, const struct oci_plan *plan,
		      struct oci_store *store,
		      const struct oci_pack_options *options,
		      struct oci_error *err);

/* pack_notes.c: calls options->note for probable mistakes in the spec, after
 * everything is packed. */
void oci_pack_notes(const struct oci_spec *spec,
		    const struct oci_pack_options *options);

/* pack_config.c: applies the plan's settings to *out. */
int oci_pack_config(struct oci_config *out,
		    const struct oci_plan_settings *from,
		    struct oci_error *err);
int oci_pack_pairs(struct oci_pairs *out, const struct oci_pairs *from,
		   struct oci_error *err);

#endif
