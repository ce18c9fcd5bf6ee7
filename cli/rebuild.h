/* SPDX-License-Identifier: Apache-2.0 */
/* verify --rebuild: packs a spec, and compares the result with an image. */
#ifndef CLI_REBUILD_H
#define CLI_REBUILD_H

#include "bases.h"
#include "values.h"

struct rebuild_options {
	const char *spec;	/* NULL: the image is not rebuilt */
	const char *folder;
	struct oci_pairs vars;
	struct platforms platforms;
	struct compression compression;
	struct bases bases;
};

/* The target is a struct rebuild_options. */
extern const struct option_group rebuild_options;

/*
 * Packs the spec. If the image has another digest, calls report with a sentence
 * that has both digests, sets *differs and, if explain is set, prints on
 * standard output what differs. Nothing is written but temporary files.
 */
int rebuild(bool *differs, struct rebuild_options *options,
	    struct remote_options *remote, const struct opened *image,
	    oci_finding_fn *report, void *data, bool explain,
	    struct oci_error *err);
void rebuild_release(struct rebuild_options *options);

#endif
