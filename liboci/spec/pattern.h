/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns over the file system. */
#ifndef SPEC_PATTERN_H
#define SPEC_PATTERN_H

#include <oci/error.h>
#include <oci/text.h>

/*
 * Adds what pattern matches to out, sorted by bytes. pattern is relative to
 * folder unless it starts with "/". One without magic is itself, whether it is
 * there or not. "**" matches no folders, only what is in them, and does not
 * follow symlinks.
 */
int oci_pattern_find(struct oci_strings *out, const char *folder,
		     const char *pattern, struct oci_error *err);

#endif
