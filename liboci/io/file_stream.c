/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over file descriptors and over memory. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"

struct fd_sink {
	struct oci_sink base;
	int fd;
	int failed;
};

static int fd_write(struct oci_sink *sink, const void *data, size_t size,
		    struct oci_error *err)
{
	struct fd_sink *self = (struct fd_sink *)sink;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = oci_file_write(self->fd, data, size, err);
	return self->failed;
}

static void fd_sink_free(struct oci_sink *sink)
{
	free(sink);
}

int oci_sink_open_fd(struct oci_sink **out, int fd, struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = fd_write, .free = fd_sink_free,
	};
	struct fd_sink *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->fd = fd;
	*out = &self->base;
	return 0;
}

struct range_source {
	struct oci_source base;
	int fd;
	int owned;		/* close fd with the source */
	uint64_t start;
	uint64_t size;
	uint64_t done;
};

static int range_read(size_t *got, struct oci_source *source, void *data,
		      size_t size, struct oci_error *err)
{
	struct range_source *self = (struct range_source *)source;
	int rc;

	if (size > self->size - self->done)
		size = (size_t)(self->size - self->done);
	rc = oci_file_read_at(got, self->fd, data, size,
			      self->start + self->done, err);
	self->done += *got;
	return rc;
}

static int range_rewind(struct oci_source *source, struct oci_error *err)
{
	(void)err;
	((struct range_source *)source)->done = 0;
	return 0;
}

static void range_free(struct oci_source *source)
{
	struct range_source *self = (struct range_source *)source;

	if (self->owned)
		close(self->fd);
	free(self);
}

int oci_source_open_range(struct oci_source **out, int fd, uint64_t offset,
			  uint64_t size, struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		range_read, range_rewind, range_free,
	};
	struct range_source *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->fd = fd;
	self->start = offset;
	self->size = size;
	*out = &self->base;
	return 0;
}

int oci_source_own_fd(struct oci_source **out, int fd, struct oci_error *err)
{
	int rc = oci_source_open_range(out, fd, 0, UINT64_MAX, err);

	if (rc)
		close(fd);
	else
		((struct range_source *)*out)->owned = 1;
	return rc;
}

int oci_source_open_file(struct oci_source **out, const char *path,
			 struct oci_error *err)
{
	/* Non-blocking, so that opening a fifo does not wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*out = NULL;
	if (fd < 0)
		return oci_fail_errno(err, "open '%s'", path);
	return oci_source_own_fd(out, fd, err);
}

struct memory_source {
	struct oci_source base;
	const char *data;
	size_t size;
	size_t done;
};

static int memory_read(size_t *got, struct oci_source *source, void *data,
		       size_t size, struct oci_error *err)
{
	struct memory_source *self = (struct memory_source *)source;

	(void)err;
	*got = self->size - self->done < size ? self->size - self->done : size;
	memcpy(data, self->data + self->done, *got);
	self->done += *got;
	return 0;
}

static int memory_rewind(struct oci_source *source, struct oci_error *err)
{
	(void)err;
	((struct memory_source *)source)->done = 0;
	return 0;
}

static void memory_free(struct oci_source *source)
{
	free(source);
}

int oci_source_open_memory(struct oci_source **out, const void *data,
			   size_t size, struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		memory_read, memory_rewind, memory_free,
	};
	struct memory_source *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->data = size ? data : "";
	self->size = size;
	*out = &self->base;
	return 0;
}
