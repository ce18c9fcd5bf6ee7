/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include <fcntl.h>
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

/* What it is copied to needs as much memory as it leaves. */
bool oci_block_fetch(void *out, size_t room, int fd,
		     const struct oci_block_place *place)
{
	size_t got, size;

	if (!place->out_size || place->out_size > room)
		return false;
	size = (size_t)place->out_size;
	if (oci_file_read_at(&got, fd, out, size, place->offset, NULL) ||
	    got != size || oci_block_sum(out, size) != place->sum)
		return false;
	posix_fadvise(fd, (off_t)place->offset, (off_t)size,
		      POSIX_FADV_DONTNEED);
	return true;
}
