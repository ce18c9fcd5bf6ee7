/* SPDX-License-Identifier: Apache-2.0 */
/* What is behind struct oci_spec. */
#ifndef SPEC_HANDLE_H
#define SPEC_HANDLE_H

#include <oci/spec.h>

#include "base/arena.h"
#include "spec/plan.h"

struct oci_spec {
	struct oci_arena arena;		/* the plans and their texts */
	const char *file;		/* as it was named */
	const struct oci_platform *platforms;
	struct oci_plan *plans;		/* one a platform */
	struct oci_spec **bases;	/* beside the plans; NULL: no spec */
	size_t count;			/* of both, at least 1 */
	struct oci_strings inputs;
	struct oci_strings remotes;	/* bases in registries, each once */
};

#endif
