/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns that match paths on disk. */
#ifndef SPEC_PATTERN_H
#define SPEC_PATTERN_H

#include <oci/error.h>
#include <oci/text.h>

/*
 * Adds the paths that match pattern to out, sorted by bytes. A pattern that
 * does not start with "/" is relative to folder. A pattern without wildcards
 * gives its path, whether or not that exists. "**" matches files only, at any
 * depth, and does not follow symlinks.
 */
int oci_pattern_find(struct oci_strings *out, const char *folder,
		     const char *pattern, struct oci_error *err);

#endif
