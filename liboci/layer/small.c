/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/small.h"

#include <stdlib.h>

#include "base/error.h"
#include "layer/content.h"

enum { SMALL_MOST = 64 * 1024 };

bool oci_small_is(const struct oci_node *node)
{
	return node->type == OCI_ENTRY_FILE &&
	       node->content == OCI_CONTENT_DISK && node->size &&
	       node->size <= SMALL_MOST;
}

struct files {
	struct oci_source base;
	const struct oci_tree *tree;
	size_t next;			/* node */
	struct oci_source *file;	/* open, or NULL */
};

/* Opens the next small file; file stays NULL after the last one. */
static int open_next(struct files *self, struct oci_error *err)
{
	const struct oci_tree *tree = self->tree;

	while (self->next < tree->count) {
		const struct oci_node *node = tree->nodes[self->next++];

		if (oci_small_is(node))
			return oci_content_open(&self->file, tree, node, err);
	}
	return 0;
}

static int files_read(size_t *got, struct oci_source *source, void *data,
		      size_t size, struct oci_error *err)
{
	struct files *self = (struct files *)source;
	int rc = 0;

	*got = 0;
	while (!rc && !*got) {
		if (!self->file)
			rc = open_next(self, err);
		if (rc || !self->file)
			break;
		rc = oci_source_read(got, self->file, data, size, err);
		if (!rc && !*got) {
			oci_source_free(self->file);
			self->file = NULL;
		}
	}
	return rc;
}

static void files_free(struct oci_source *source)
{
	oci_source_free(((struct files *)source)->file);
	free(source);
}

int oci_small_open(struct oci_source **out, const struct oci_tree *tree,
		   size_t first, struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		files_read, NULL, files_free,
	};
	struct files *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->tree = tree;
	self->next = first;
	*out = &self->base;
	return 0;
}
