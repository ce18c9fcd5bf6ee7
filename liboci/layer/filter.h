/* SPDX-License-Identifier: Apache-2.0 */
/* Which members of a folder or an archive are taken. */
#ifndef LAYER_FILTER_H
#define LAYER_FILTER_H

#include <stdbool.h>

#include <oci/tree.h>

/* path and all its parents pass exclude, and one of them matches include. */
bool oci_filter_takes(const struct oci_filter *filter, const char *path);
/* Whether a directory could hold something that is taken. */
bool oci_filter_enters(const struct oci_filter *filter, const char *path);

#endif
