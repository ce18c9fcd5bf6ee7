/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes a whole spec into a plan. */
#ifndef SPEC_DECODE_H
#define SPEC_DECODE_H

#include "spec/decoder.h"
#include "spec/plan.h"

/* More than the ports of Go. */
#define OCI_PLATFORMS_MAX 64

struct oci_platform_list {
	struct oci_platform *items;	/* in the arena */
	size_t count;
};

/*
 * Decodes the platforms of the spec; linux/riscv64 by default. *out has at
 * least one, so that the rest of a bad spec is checked too.
 */
void oci_decode_platforms(struct oci_platform_list *out, struct oci_decoder *d,
			  const struct oci_yaml *root);
/* Decodes everything else, for the platform in plan. */
void oci_decode_plan(struct oci_plan *plan, struct oci_decoder *d,
		     const struct oci_yaml *root);

#endif
