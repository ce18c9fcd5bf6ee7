/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void oci_wipe(void *data, size_t size)
{
	if (data)
		explicit_bzero(data, size);
}

void oci_wipe_free(void *data)
{
	oci_wipe(data, malloc_usable_size(data));
	free(data);
}

void *oci_wipe_realloc(void *data, size_t size)
{
	size_t had = malloc_usable_size(data);
	void *moved = malloc(size);

	if (moved && data)
		memcpy(moved, data, had < size ? had : size);
	if (moved)
		oci_wipe_free(data);
	return moved;
}
