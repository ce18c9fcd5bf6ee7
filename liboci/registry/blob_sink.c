/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/blob_sink.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/error.h"

struct blob_sink {
	struct oci_sink base;
	struct oci_upload_job *job;	/* of the uploads */
};

static int blob_write(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	struct blob_sink *self = (struct blob_sink *)sink;

	return oci_spool_write(oci_uploads_spool(self->job), data, size, err);
}

static void blob_free(struct oci_sink *sink)
{
	struct blob_sink *self = (struct blob_sink *)sink;

	oci_uploads_drop(self->job);
	free(self);
}

int oci_blob_sink_open(struct oci_sink **out, struct oci_uploads *uploads,
		       struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = blob_write, .free = blob_free,
	};
	struct blob_sink *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	rc = oci_uploads_begin(&self->job, uploads, err);
	if (rc)
		free(self);
	else
		*out = &self->base;
	return rc;
}

void oci_blob_sink_stream(struct oci_sink *sink)
{
	oci_uploads_stream(((struct blob_sink *)sink)->job);
}

int oci_blob_sink_dup_fd(int *fd, struct oci_sink *sink, struct oci_error *err)
{
	const struct blob_sink *self = (struct blob_sink *)sink;

	*fd = fcntl(oci_uploads_spool(self->job)->fd, F_DUPFD_CLOEXEC, 0);
	return *fd < 0 ? oci_fail_errno(err, "lend a blob") : 0;
}

int oci_blob_sink_end(struct oci_sink *sink, const struct oci_digest *digest,
		      uint64_t size, struct oci_error *err)
{
	return oci_uploads_end(((struct blob_sink *)sink)->job, digest, size,
			       err);
}
