/* SPDX-License-Identifier: Apache-2.0 */
#include "store/layer_source.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/options.h"
#include "io/file.h"
#include "io/inflate.h"

struct layer_source {
	struct oci_source base;
	struct oci_source *blob; /* checks its digest at its end */
	struct oci_source *inflate;
	struct oci_watch watch; /* over the inflating */
};

/* Starts to inflate the blob, which is at its start. */
static int start(struct layer_source *self, struct oci_error *err)
{
	int rc = oci_inflate_open(&self->inflate, self->blob, err);

	self->watch.from = self->watch.to = 0;
	if (!rc)
		oci_inflate_watch(self->inflate, &self->watch);
	return rc;
}

/* The blob may continue after the end of the tar, and its digest is checked at
 * its end only: reads the rest. */
static int layer_read(size_t *got, struct oci_source *source, void *data,
		      size_t size, struct oci_error *err)
{
	struct layer_source *self = (struct layer_source *)source;
	int rc = oci_source_read(got, self->inflate, data, size, err);

	return rc || *got || !size ? rc : oci_source_drain(self->blob, err);
}

static int layer_rewind(struct oci_source *source, struct oci_error *err)
{
	struct layer_source *self = (struct layer_source *)source;
	int rc = oci_source_rewind(self->blob, err);

	if (rc)
		return rc;
	oci_source_free(self->inflate);
	self->inflate = NULL;
	return start(self, err);
}

static void layer_free(struct oci_source *source)
{
	struct layer_source *self = (struct layer_source *)source;

	oci_source_free(self->inflate);
	oci_source_free(self->blob);
	free(self);
}

int oci_layer_open_watched(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *layer,
			   const struct oci_watch *limits,
			   struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		.read = layer_read,
		.rewind = layer_rewind,
		.free = layer_free,
	};
	struct layer_source *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	if (limits) {
		self->watch.cancelled = limits->cancelled;
		self->watch.max_inflated = limits->max_inflated;
	}
	rc = oci_store_open(&self->blob, store, layer, err);
	if (!rc)
		rc = start(self, err);
	if (rc)
		layer_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

int oci_layer_open(struct oci_source **out, struct oci_store *store,
		   const struct oci_descriptor *layer,
		   const struct oci_layer_read_options *options,
		   struct oci_error *err)
{
	static const struct oci_layer_read_options usual =
		OCI_LAYER_READ_OPTIONS_INIT;
	struct oci_layer_read_options o;
	struct oci_watch limits = { 0 };

	oci_options_read(&o, sizeof(o), &usual, options);
	limits.cancelled = o.cancelled;
	limits.max_inflated = o.max_inflated;
	return oci_layer_open_watched(out, store, layer, &limits, err);
}
