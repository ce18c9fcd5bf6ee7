/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/elf_image.h"

#include <string.h>

#include "base/error.h"

int oci_elf_fill(size_t *at, struct oci_elf_image *image, uint64_t offset,
		 uint64_t size, struct oci_error *err)
{
	enum { ALIGNED = 16 };
	size_t got = 1, end;
	int rc = 0;

	if (offset > image->size || size > image->size - offset)
		return oci_fail(err, OCI_E_CORRUPT, "it ends before its end");
	if (size > OCI_ELF_ROOM - ALIGNED - image->used)
		return oci_fail(err, OCI_E_CORRUPT,
				"its headers are too large");
	*at = image->used;
	end = image->used + (size_t)size;
	while (!rc && got && image->used < end) {
		rc = oci_rootfs_read(&got, image->data + image->used,
				     end - image->used, offset, image->entry,
				     err);
		offset += got;
		image->used += got;
	}
	if (!rc && image->used < end)
		rc = oci_fail(err, OCI_E_CORRUPT, "it ends before its end");
	image->used += (ALIGNED - image->used % ALIGNED) % ALIGNED;
	return rc;
}

int oci_elf_copy_text(const char **out, struct oci_elf_image *image, size_t at,
		      size_t size, struct oci_error *err)
{
	const char *text = (const char *)image->data + at;

	*out = oci_arena_copy(image->arena, text, strnlen(text, size));
	return *out ? 0 : oci_fail_nomem(err);
}
