/* SPDX-License-Identifier: Apache-2.0 */
/* Options of public functions: structs whose first member is their size. */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stddef.h>

/*
 * Copies size bytes of defaults to out, and then as many bytes of given as its
 * first member, a size_t, says. A caller that was compiled with an older header
 * has a shorter struct; the members that it lacks keep their defaults. given
 * may be NULL: all defaults. If its size is 0, it counts as `size`.
 */
void oci_options_read(void *out, size_t size, const void *defaults,
		      const void *given);

#endif
