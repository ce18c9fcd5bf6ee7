/* SPDX-License-Identifier: Apache-2.0 */
/* Selects members of a folder or an archive. */
#ifndef LAYER_FILTER_H
#define LAYER_FILTER_H

#include <stdbool.h>

#include <oci/tree.h>

/* Copies a caller's filter, whose struct may be shorter because of an older
 * header. Returns out, or NULL if given is NULL. */
const struct oci_filter *oci_filter_read(struct oci_filter *out,
					 const struct oci_filter *given);
/* Returns whether the filter selects path: path and all its parents pass
 * exclude, and one of them matches include. */
bool oci_filter_matches(const struct oci_filter *filter, const char *path);
/* Returns whether something below a directory could be selected. */
bool oci_filter_enters(const struct oci_filter *filter, const char *path);

/*
 * Sets seen[i] to 1 for each pattern i of exclude that matches path or a parent
 * of it, and the byte after the last one, because there was a path. Threads may
 * share seen. NULL: does nothing.
 */
void oci_filter_mark(const struct oci_filter *filter, const char *path,
		     unsigned char *seen);

#endif
