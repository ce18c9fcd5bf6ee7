/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that writes a file which readers see complete or not at all. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "io/atomic.h"
#include "io/file.h"

struct file_sink {
	struct oci_sink base;
	struct oci_atomic file;
	char *stream; /* the path of a device or pipe; NULL: file is used */
	int fd;	      /* of the stream, or -1 */
	int failed;
};

static const char *path_of(const struct file_sink *self)
{
	return self->stream ? self->stream : self->file.path;
}

static int write_file(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	struct file_sink *self = (struct file_sink *)sink;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = oci_file_write(
		self->stream ? self->fd : self->file.temp.fd, data, size, err);
	return self->failed ? oci_wrap(err, self->failed, "'%s'", path_of(self))
			    : 0;
}

static int finish_file(struct oci_sink *sink, struct oci_error *err)
{
	struct file_sink *self = (struct file_sink *)sink;
	int fd = self->fd;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	if (!self->stream)
		return oci_atomic_commit(&self->file, err);
	self->fd = -1;
	return oci_file_close(fd, self->stream, err);
}

static void free_file(struct oci_sink *sink)
{
	struct file_sink *self = (struct file_sink *)sink;

	if (self->fd >= 0)
		close(self->fd);
	oci_atomic_release(&self->file);
	free(self->stream);
	free(self);
}

static int open_path(struct file_sink *self, const char *path,
		     struct oci_error *err)
{
	struct stat st;
	int rc;

	if (!oci_file_is_stream(path)) {
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return oci_fail(err, OCI_E_CONFLICT, "'%s' is a folder",
					path);
		return oci_atomic_open(&self->file, path, err);
	}
	rc = oci_text_copy(&self->stream, path, err);
	return rc ? rc : oci_file_open_stream(&self->fd, path, err);
}

int oci_sink_create_file(struct oci_sink **out, const char *path,
			 struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = write_file,
		.finish = finish_file,
		.free = free_file,
	};
	struct file_sink *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->file = (struct oci_atomic)OCI_ATOMIC_INIT;
	self->fd = -1;
	rc = open_path(self, path, err);
	if (rc)
		free_file(&self->base);
	else
		*out = &self->base;
	return rc;
}
