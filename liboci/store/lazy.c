/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source over a blob of a store that is opened at the first read, so that an
 * upload that turns out to be unnecessary costs nothing.
 */
#include <stdlib.h>

#include "base/error.h"
#include "store/store.h"

struct lazy {
	struct oci_source base;
	struct oci_store *store;
	struct oci_descriptor blob;
	struct oci_source *source; /* NULL until the first read */
};

static int lazy_read(size_t *got, struct oci_source *source, void *data,
		     size_t size, struct oci_error *err)
{
	struct lazy *self = (struct lazy *)source;
	int rc = 0;

	if (!self->source)
		rc = oci_store_open(&self->source, self->store, &self->blob,
				    err);
	return rc ? rc : oci_source_read(got, self->source, data, size, err);
}

static int lazy_rewind(struct oci_source *source, struct oci_error *err)
{
	struct lazy *self = (struct lazy *)source;

	/* The upload's thread opens the blob, not curl's in a transfer. */
	if (self->source)
		return oci_source_rewind(self->source, err);
	return oci_store_open(&self->source, self->store, &self->blob, err);
}

static void lazy_free(struct oci_source *source)
{
	struct lazy *self = (struct lazy *)source;

	oci_source_free(self->source);
	oci_descriptor_release(&self->blob);
	free(self);
}

int oci_lazy_open(struct oci_source **out, struct oci_store *store,
		  const struct oci_descriptor *blob, struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		lazy_read, lazy_rewind, lazy_free,
	};
	struct lazy *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->store = store;
	rc = oci_descriptor_copy(&self->blob, blob, err);
	if (rc)
		free(self);
	else
		*out = &self->base;
	return rc;
}
