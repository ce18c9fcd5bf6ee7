/* SPDX-License-Identifier: Apache-2.0 */
/* A whole spec to a plan. */
#ifndef SPEC_DECODE_H
#define SPEC_DECODE_H

#include "spec/decoder.h"
#include "spec/plan.h"

/* More platforms than Go has ports. */
#define OCI_PLATFORMS_MAX 64

struct oci_platform_list {
	struct oci_platform *items;	/* in the arena */
	size_t count;
};

/*
 * The platforms that the spec names, or linux/riscv64. Always at least one,
 * so that the rest of a bad spec can be checked too.
 */
void oci_decode_platforms(struct oci_platform_list *out, struct oci_decoder *d,
			  const struct oci_yaml *root);
/* Everything else, for the platform that is set in plan. */
void oci_decode_plan(struct oci_plan *plan, struct oci_decoder *d,
		     const struct oci_yaml *root);

#endif
