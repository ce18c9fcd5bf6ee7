/* SPDX-License-Identifier: Apache-2.0 */
/* The files and folders that a plan reads. */
#ifndef SPEC_INPUTS_H
#define SPEC_INPUTS_H

#include "spec/diagnostics.h"
#include "spec/plan.h"

struct oci_inputs {
	struct oci_arena *arena; /* borrowed, like the next two */
	struct oci_diagnostics *report;
	const char *folder;	  /* relative paths start here */
	char *real_folder;	  /* without symlinks; or NULL */
	struct oci_strings found; /* each once, in the order of finding */
	struct oci_table seen;
};

void oci_inputs_init(struct oci_inputs *inputs, struct oci_arena *arena,
		     struct oci_diagnostics *report, const char *folder);
void oci_inputs_release(struct oci_inputs *inputs);
/* Finds the inputs of every entry and deb; reports missing ones. */
void oci_inputs_resolve(struct oci_inputs *inputs, struct oci_plan *plan);
/* Adds one path to the found ones. */
bool oci_inputs_add(struct oci_inputs *inputs, const char *path);

#endif
