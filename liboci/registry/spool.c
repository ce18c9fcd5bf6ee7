/* SPDX-License-Identifier: Apache-2.0 */
/* A sink into a file that has no name, which then is read from its start. */
#include "registry/spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"

struct spool {
	struct oci_sink base;
	int fd;			/* -1: taken */
};

static int spool_write(struct oci_sink *sink, const void *data, size_t size,
		       struct oci_error *err)
{
	return oci_file_write(((struct spool *)sink)->fd, data, size, err);
}

static void spool_free(struct oci_sink *sink)
{
	struct spool *self = (struct spool *)sink;

	if (self->fd >= 0)
		close(self->fd);
	free(self);
}

int oci_spool_open(struct oci_sink **out, const char *temp_dir,
		   struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = spool_write, .free = spool_free,
	};
	struct spool *self = calloc(1, sizeof(*self));
	int rc;

	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	rc = oci_file_temporary(&self->fd, temp_dir, err);
	if (rc)
		free(self);
	else
		*out = &self->base;
	return rc;
}

int oci_spool_take(int *fd, struct oci_source **out, struct oci_sink *spool,
		   uint64_t size, struct oci_error *err)
{
	struct spool *self = (struct spool *)spool;
	int rc = oci_source_open_range(out, self->fd, 0, size, err);

	if (rc)
		return rc;
	*fd = self->fd;
	self->fd = -1;
	return 0;
}
