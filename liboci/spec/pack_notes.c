/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes on probable mistakes: a pattern of exclude that excludes nothing. It is
 * not an error, because a clean checkout may have no "*.pyc".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/glob.h"
#include "base/path.h"
#include "spec/handle.h"
#include "spec/pack.h"

enum { NOTE_MAX = 1536 };

static bool was_applied(const struct oci_plan_entry *e)
{
	return e->seen && e->seen[e->exclude.count];
}

/* Returns whether the pattern matched or was reported on other platforms. */
static bool is_reported(const struct oci_spec *spec, size_t plan, size_t layer,
			size_t entry, size_t pattern)
{
	const struct oci_yaml *node =
		spec->plans[plan].layers[layer].entries[entry].node;

	for (size_t i = 0; i < spec->count; i++) {
		const struct oci_plan_layer *l = spec->plans[i].layers + layer;
		const struct oci_plan_entry *e;

		if (spec->plans[i].layer_count <= layer ||
		    l->entry_count <= entry)
			continue;
		e = &l->entries[entry];
		if (e->node != node || !was_applied(e) ||
		    e->exclude.count <= pattern)
			continue;
		if (i < plan || e->seen[pattern])
			return true;
	}
	return false;
}

/* Finds a file of the input folders that a pattern without wildcards may mean.
 * Sets *exact if the pattern names an existing file. The caller frees the
 * result. */
static char *find_near(const struct oci_plan_entry *e, const char *pattern,
		       bool *exact)
{
	char path[OCI_PATH_MAX];
	char *near = NULL;

	*exact = false;
	if (strncmp(pattern, "**/", 3) == 0)
		pattern += 3;
	for (size_t i = 0; !near && !*exact && i < e->inputs.count; i++) {
		if (!e->inputs.items[i].folder || oci_glob_magic(pattern) ||
		    oci_path_join(path, e->inputs.items[i].path, pattern, NULL))
			continue;
		*exact = access(path, F_OK) == 0;
		near = *exact ? NULL : oci_text_nearest_file(path);
	}
	return near;
}

static void note(const struct oci_pack_options *o,
		 const struct oci_plan_entry *e, const char *pattern)
{
	char text[NOTE_MAX];
	bool exact;
	char *near = find_near(e, pattern, &exact);

	snprintf(text, sizeof(text),
		 "%.300s: note: 'exclude' has '%.300s', "
		 "which matches nothing%s%.300s%s",
		 e->position, pattern, near ? ", did you mean '" : "",
		 near ? oci_path_name(near) : "", near ? "'?" : "");
	if (!exact)
		o->note(o->note_data, text);
	free(near);
}

static void note_layer(const struct oci_spec *spec,
		       const struct oci_pack_options *o, size_t plan,
		       size_t layer)
{
	const struct oci_plan_layer *l = &spec->plans[plan].layers[layer];

	for (size_t i = 0; i < l->entry_count; i++) {
		const struct oci_plan_entry *e = &l->entries[i];

		for (size_t n = 0; was_applied(e) && n < e->exclude.count; n++)
			if (!e->seen[n] &&
			    !is_reported(spec, plan, layer, i, n))
				note(o, e, e->exclude.items[n]);
	}
}

void oci_pack_notes(const struct oci_spec *spec,
		    const struct oci_pack_options *o)
{
	for (size_t i = 0; i < spec->count; i++)
		for (size_t j = 0; j < spec->plans[i].layer_count; j++)
			note_layer(spec, o, i, j);
}
