/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/*
 * Returns items, moved if necessary, with room for at least need elements of
 * size bytes; NULL, with items untouched, if memory ran out.
 */
void *oci_array_grow(void *items, size_t *capacity, size_t need, size_t size);

#endif
