/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of packing: config, base, and what is no image. */
#ifndef SPEC_PACK_H
#define SPEC_PACK_H

#include <oci/image.h>
#include <oci/spec.h>

#include "spec/plan.h"

/* A base that is open: several platforms may start from one. */
struct oci_pack_base {
	struct oci_pack_base *next;
	const char *text;		/* borrowed from the plan */
	struct oci_store *store;
	struct oci_descriptor image;
};

/* pack_base.c: starts image from what base names, laid over rootfs. */
int oci_pack_base(struct oci_image *image, struct oci_rootfs *rootfs,
		  struct oci_store *store, struct oci_pack_base **open,
		  const struct oci_plan *plan,
		  const struct oci_pack_options *options,
		  struct oci_error *err);
void oci_pack_bases_release(struct oci_pack_base *open);

/* pack_artifact.c: an artifact's files and its manifest. */
int oci_pack_artifact(struct oci_descriptor *out, const struct oci_plan *plan,
		      struct oci_store *store,
		      const struct oci_pack_options *options,
		      struct oci_error *err);

/* pack_config.c: lays what the plan says over what out has. */
int oci_pack_config(struct oci_config *out,
		    const struct oci_plan_settings *from,
		    struct oci_error *err);
int oci_pack_pairs(struct oci_pairs *out, const struct oci_pairs *from,
		   struct oci_error *err);

#endif
