/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of a spec for one platform: those of 'vars', those that the
 * caller sets, and the built-in arch, os, variant and platform.
 *
 * The value of a variable in 'vars' may use other variables; values that the
 * caller sets are not expanded.
 */
#ifndef SPEC_SCOPE_H
#define SPEC_SCOPE_H

#include <oci/platform.h>
#include <oci/text.h>

#include "spec/diagnostics.h"

#define OCI_VARIABLES_MAX 256
/* Most bytes of all expanded values of one platform. */
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
 * while it is unknown. Errors without a position are reported at root.
 */
void oci_scope_init(struct oci_scope *scope, struct oci_arena *arena,
		    struct oci_diagnostics *report,
		    const struct oci_yaml *root, const struct oci_yaml *vars,
		    const struct oci_pairs *set,
		    const struct oci_platform *platform);
/* Reports every variable without a good value. */
void oci_scope_check(struct oci_scope *scope);
/* Finds the value of name, used at node. Returns false after an error. */
bool oci_scope_get(const char **value, size_t *size, struct oci_scope *scope,
		   const struct oci_yaml *node, const char *name);

#endif
