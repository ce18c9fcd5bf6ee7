/* SPDX-License-Identifier: Apache-2.0 */
/* A root file system whose files are the parts of an input. */
#ifndef FUZZ_ROOTFS_H
#define FUZZ_ROOTFS_H

#include "layer/rootfs.h"
#include "target.h"

/* Adds a file as the linter keeps it. The bytes are copied. */
static inline void rootfs_put(struct oci_rootfs *rootfs, const char *path,
			      const uint8_t *data, size_t size)
{
	struct oci_rootfs_entry *e;
	struct oci_lint_file *kept =
		oci_arena_alloc(&rootfs->arena, sizeof(*kept));

	target_check(kept && !oci_rootfs_put(&e, rootfs, path, NULL));
	oci_rootfs_set_type(e, OCI_ENTRY_FILE);
	e->mode = 0755;
	e->size = kept->size = kept->whole = size;
	kept->data = oci_arena_copy(&rootfs->arena, (const char *)data, size);
	kept->fd = -1;
	e->kept = kept;
}

/* The first part is the file at paths[0]; the byte before each further one
 * chooses its path. */
static inline void rootfs_fill(struct oci_rootfs *rootfs,
			       const char *const *paths, size_t count,
			       const uint8_t *data, size_t size)
{
	size_t slot = 0;

	for (;;) {
		size_t n = target_part(data, size);

		rootfs_put(rootfs, paths[slot], data, n);
		if (n == size)
			return;
		slot = data[n + 3] % count;
		data += n + 4;
		size -= n + 4;
	}
}

#endif
