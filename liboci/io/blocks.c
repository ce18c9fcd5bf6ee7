/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include <libdeflate.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/error.h"
#include "io/file.h"

int oci_blocks_add(struct oci_blocks *blocks, const struct oci_block *block,
		   struct oci_error *err)
{
	struct oci_block *items = oci_array_grow(blocks->items,
						 &blocks->capacity,
						 blocks->count + 1,
						 sizeof(*items));

	if (!items)
		return oci_fail_nomem(err);
	blocks->items = items;
	items[blocks->count++] = *block;
	return 0;
}

void oci_blocks_release(struct oci_blocks *blocks)
{
	free(blocks->items);
	*blocks = (struct oci_blocks){0};
}

uint32_t oci_block_sum(const void *data, size_t size)
{
	return libdeflate_crc32(0, data, size);
}

bool oci_block_fetch(void *out, size_t room, int fd,
		     const struct oci_block_place *place)
{
	size_t got;

	return place->out_size && place->out_size <= room &&
	       oci_file_read_at(&got, fd, out, (size_t)place->out_size,
				place->offset, NULL) == 0 &&
	       got == place->out_size &&
	       oci_block_sum(out, got) == place->sum;
}
