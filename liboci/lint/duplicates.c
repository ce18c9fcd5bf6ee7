/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duplicate-path: layers that some engines refuse. Docker's graph drivers and
 * containers/storage record each layer with tar-split, which accepts each name
 * once.
 */
#include "lint/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* The duplicate names of one layer. */
struct names {
	const char *first; /* by the bytes of the path */
	size_t count;
};

static void add(struct names *names, const char *path)
{
	if (!names->count || strcmp(path, names->first) < 0)
		names->first = path;
	names->count++;
}

int oci_lint_duplicates(struct oci_lint *lint, struct oci_error *err)
{
	const struct oci_rootfs *rootfs = lint->subject->rootfs;
	struct names *layers =
		calloc((size_t)rootfs->layer + 1, sizeof(*layers));

	if (!layers)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < rootfs->table.capacity; i++) {
		const struct oci_rootfs_entry *e = rootfs->table.slots[i].value;

		if (e && e->twice)
			add(&layers[e->twice], e->path);
	}
	for (unsigned i = 1; i <= rootfs->layer; i++)
		if (layers[i].count == 1)
			oci_lint_report(lint, "duplicate-path", NULL,
					"layer %u has '/%s' twice", i,
					layers[i].first);
		else if (layers[i].count)
			oci_lint_report(lint, "duplicate-path", NULL,
					"layer %u has '/%s' and %zu other "
					"name%s twice",
					i, layers[i].first, layers[i].count - 1,
					layers[i].count > 2 ? "s" : "");
	free(layers);
	return 0;
}
