/* SPDX-License-Identifier: Apache-2.0 */
/* Options of public functions: structs whose first member is their size. */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stddef.h>

/*
 * Fills out, size bytes, with defaults, and puts over them what given has: as
 * many bytes as its first member, a size_t, says. A program that was built with
 * an older header has fewer members. given may be NULL; a size of 0 counts as
 * that of out.
 */
void oci_options_read(void *out, size_t size, const void *defaults,
		      const void *given);

#endif
