/* SPDX-License-Identifier: Apache-2.0 */
/* The members of struct oci_spec. */
#ifndef SPEC_HANDLE_H
#define SPEC_HANDLE_H

#include <oci/spec.h>

#include "base/arena.h"
#include "spec/plan.h"

struct oci_spec {
	struct oci_arena arena; /* the plans and their strings */
	const char *file;	/* the path that the caller gave */
	const struct oci_platform *platforms;
	struct oci_plan *plans;	 /* one for each platform */
	struct oci_spec **bases; /* for each plan, the spec that is its
				  * base; or NULL */
	size_t count;		 /* of plans and bases; at least 1 */
	struct oci_strings inputs;
	struct oci_strings remotes;	/* bases in registries, each once */
};

#endif
