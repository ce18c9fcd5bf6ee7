/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of a spec as one platform sees them: those under 'vars', what
 * was set from outside, and the built-in arch, os, variant and platform.
 *
 * A variable's own value may use other variables; what is set from outside is
 * taken as it is.
 */
#ifndef SPEC_SCOPE_H
#define SPEC_SCOPE_H

#include <oci/platform.h>
#include <oci/text.h>

#include "spec/diagnostics.h"

#define OCI_VARIABLES_MAX 256
/* Bytes of all the values that are expanded for a platform. */
#define OCI_EXPANDED_MAX (16u << 20)

struct oci_variable;

struct oci_scope {
	struct oci_arena *arena;	/* borrowed */
	struct oci_diagnostics *report;	/* borrowed */
	struct oci_variable *items;
	size_t count;
	const char **names;		/* count names, for suggestions */
	size_t expanded;		/* bytes so far */
	unsigned depth;			/* of variables in variables */
};

/*
 * vars is the mapping under 'vars', or NULL; set may be NULL; platform is NULL
 * where it is not known yet. root is where errors without a place go.
 */
void oci_scope_init(struct oci_scope *scope, struct oci_arena *arena,
		    struct oci_diagnostics *report,
		    const struct oci_yaml *root, const struct oci_yaml *vars,
		    const struct oci_pairs *set,
		    const struct oci_platform *platform);
/* Reports every variable that has no good value. */
void oci_scope_check(struct oci_scope *scope);
/*
 * The value of name, for a use at node. False when something is wrong, which
 * was reported.
 */
bool oci_scope_get(const char **value, size_t *size, struct oci_scope *scope,
		   const struct oci_yaml *node, const char *name);

#endif
