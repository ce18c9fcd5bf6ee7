/* SPDX-License-Identifier: Apache-2.0 */
#include "store/counted.h"

#include <stdlib.h>

#include "base/error.h"

enum { REPORT_EVERY = 1024 * 1024 };

struct counted {
	struct oci_source base;
	struct oci_source *from; /* owned */
	struct oci_digest digest;
	uint64_t size;
	uint64_t done;
	uint64_t next; /* report when done gets there */
	bool ended;    /* reported */
	oci_progress_fn *progress;
	void *data;
};

static void report(struct counted *self, bool ended)
{
	const struct oci_progress progress = {
		.what = self->digest.text,
		.done = self->done,
		.total = self->size,
		.activity = OCI_ACTIVITY_READ,
		.ended = ended,
	};

	self->progress(self->data, &progress);
	self->next = self->done + REPORT_EVERY;
	self->ended = ended;
}

/* The end is reported when all bytes were read, not at the read behind them,
 * which not every reader makes. */
static int counted_read(size_t *got, struct oci_source *source, void *data,
			size_t size, struct oci_error *err)
{
	struct counted *self = (struct counted *)source;
	int rc;

	if (!self->done && !self->next)
		report(self, false);
	rc = oci_source_read(got, self->from, data, size, err);
	if (rc)
		return rc;
	self->done += *got;
	if (!self->ended && self->done >= self->size)
		report(self, true);
	else if (!self->ended && self->done >= self->next)
		report(self, false);
	return 0;
}

static int counted_rewind(struct oci_source *source, struct oci_error *err)
{
	struct counted *self = (struct counted *)source;

	self->done = 0;
	self->next = 0;
	self->ended = false;
	return oci_source_rewind(self->from, err);
}

static void counted_free(struct oci_source *source)
{
	struct counted *self = (struct counted *)source;

	oci_source_free(self->from);
	free(self);
}

int oci_counted_open(struct oci_source **out, struct oci_source *from,
		     const struct oci_descriptor *blob,
		     oci_progress_fn *progress, void *data,
		     struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		counted_read,
		counted_rewind,
		counted_free,
	};
	struct counted *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self) {
		oci_source_free(from);
		return oci_fail_nomem(err);
	}
	self->base.ops = &ops;
	self->from = from;
	self->digest = blob->digest;
	self->size = blob->size;
	self->progress = progress;
	self->data = data;
	*out = &self->base;
	return 0;
}
