/* SPDX-License-Identifier: Apache-2.0 */
/* Growing arrays: the capacity doubles, with checks for overflow. */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

void *oci_array_grow(void *items, size_t *capacity, size_t need, size_t size)
{
	size_t wanted = *capacity ? *capacity : 8;
	void *moved;

	if (items && need <= *capacity)
		return items;
	while (wanted < need) {
		if (wanted > SIZE_MAX / 2)
			return NULL;
		wanted *= 2;
	}
	if (wanted > SIZE_MAX / size)
		return NULL;
	moved = realloc(items, wanted * size);
	if (moved)
		*capacity = wanted;
	return moved;
}
