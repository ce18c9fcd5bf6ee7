/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the bytes of a file and checks that they have not changed. A file on
 * disk is compared with its state when it was added: after its last byte was
 * read, and if it is large, also before the first one.
 */
#define _GNU_SOURCE /* SEEK_DATA */
#include "layer/content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/time.h"
#include "io/file.h"

enum { CHECKED_AT_ONCE = 64 * 1024 };

void oci_content_set_disk(struct oci_node *node,
			  const struct oci_disk_file *file, uint64_t size)
{
	node->at.disk = file;
	node->source = file->path;
	node->content = OCI_CONTENT_DISK;
	node->size = size;
}

/* Sets *st. */
static int check_unchanged(struct stat *st, int fd, const struct oci_node *node,
			   struct oci_error *err)
{
	const struct oci_disk_file *disk = node->at.disk;

	if (fstat(fd, st) != 0)
		return oci_fail_errno(err, "stat '%s'", disk->path);
	if (S_ISREG(st->st_mode) && st->st_dev == disk->device &&
	    st->st_ino == disk->inode && (uint64_t)st->st_size == node->size &&
	    oci_time_same(st->st_mtim, disk->mtime) &&
	    oci_time_same(st->st_ctim, disk->ctime))
		return 0;
	return oci_fail(err, OCI_E_CHANGED,
			"'%s' changed while it was packed: pack again when "
			"nothing writes to it", disk->path);
}

struct disk_source {
	struct oci_source base;
	const struct oci_node *node;
	int fd;
	uint64_t done;
	uint64_t hole_end; /* bytes from `done` to here are zeros */
	uint64_t data_end; /* and then from disk, to here */
	bool checked;	   /* the check after the last byte is done */
};

/* An unreadable file may have been replaced, as by a folder. */
static int fail_read(const struct disk_source *self, int rc,
		     struct oci_error *err)
{
	struct oci_error why;
	struct stat st;
	int changed = check_unchanged(&st, self->fd, self->node, &why);

	if (!changed)
		return oci_wrap(err, rc, "'%s'", self->node->at.disk->path);
	if (err)
		*err = why;
	return changed;
}

/* Finds where the hole at `done` ends, if there is one, and the data after it.
 * A file system that knows no holes has data everywhere. Leaves the file's
 * position at hole_end. */
static int find_data(struct disk_source *self, struct oci_error *err)
{
	const off_t end = (off_t)self->node->size;
	off_t data = lseek(self->fd, (off_t)self->done, SEEK_DATA), hole;

	if (data < 0)
		data = errno == ENXIO ? end : (off_t)self->done;
	hole = data < end ? lseek(self->fd, data, SEEK_HOLE) : end;
	if (hole <= data)
		hole = end;
	self->hole_end = (uint64_t)(data < end ? data : end);
	self->data_end = (uint64_t)(hole < end ? hole : end);
	if (lseek(self->fd, (off_t)self->hole_end, SEEK_SET) < 0)
		return oci_fail_errno(err, "seek '%s'",
				      self->node->at.disk->path);
	return 0;
}

/* Gives zeros for a hole, and otherwise bytes from disk. */
static int read_some(size_t *got, struct disk_source *self, void *data,
		     size_t size, struct oci_error *err)
{
	bool hole;
	uint64_t left;
	int rc = self->done < self->data_end ? 0 : find_data(self, err);

	if (rc)
		return rc;
	hole = self->done < self->hole_end;
	left = (hole ? self->hole_end : self->data_end) - self->done;
	if (size > left)
		size = (size_t)left;
	if (!hole)
		return oci_file_read(got, self->fd, data, size, err);
	memset(data, 0, size);
	*got = size;
	return 0;
}

/* Returns the last bytes only after the check. */
static int disk_read(size_t *got, struct oci_source *source, void *data,
		     size_t size, struct oci_error *err)
{
	struct disk_source *self = (struct disk_source *)source;
	uint64_t left = self->node->size - self->done;
	struct stat st;
	int rc = 0;

	*got = 0;
	if (left)
		rc = read_some(got, self, data, size, err);
	if (rc)
		return fail_read(self, rc, err);
	if (left && *got == 0)
		return oci_fail(err, OCI_E_CHANGED,
				"'%s' became shorter while it was packed: "
				"pack again when nothing writes to it",
				self->node->at.disk->path);
	self->done += *got;
	if (self->done < self->node->size || self->checked)
		return 0;
	self->checked = true;
	return check_unchanged(&st, self->fd, self->node, err);
}

static void disk_free(struct oci_source *source)
{
	struct disk_source *self = (struct disk_source *)source;

	if (self->fd >= 0)
		close(self->fd);
	free(self);
}

/* Holes are looked for only where the file has fewer blocks than bytes. */
static int open_large(struct disk_source *self, struct oci_error *err)
{
	struct stat st;
	int rc = check_unchanged(&st, self->fd, self->node, err);

	if (!rc && (uint64_t)st.st_blocks < self->node->size / 512)
		self->data_end = 0;
	return rc;
}

static int open_disk(struct oci_source **out, const struct oci_node *node,
		     struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		disk_read, NULL, disk_free,
	};
	const char *path = node->at.disk->path;
	struct disk_source *self = calloc(1, sizeof(*self));
	int rc = 0;

	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->node = node;
	self->data_end = node->size;
	self->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (self->fd < 0)
		rc = oci_fail_errno(err, "open '%s'", path);
	else if (node->size > CHECKED_AT_ONCE)
		rc = open_large(self, err);
	if (rc)
		disk_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

int oci_content_open(struct oci_source **out, const struct oci_tree *tree,
		     const struct oci_node *node, struct oci_error *err)
{
	*out = NULL;
	switch ((enum oci_content)node->content) {
	case OCI_CONTENT_DISK:
		return open_disk(out, node, err);
	case OCI_CONTENT_SPOOL:
		return oci_source_open_range(out, tree->spool,
					     node->at.offset, node->size, err);
	case OCI_CONTENT_MEMORY:
		return oci_source_open_memory(out, node->at.data,
					      (size_t)node->size, err);
	case OCI_CONTENT_NONE:
		break;
	}
	return oci_source_open_memory(out, "", 0, err);
}

/* Reads size bytes, or fewer if the source ends. */
static int read_whole(size_t *got, struct oci_source *source, char *data,
		      size_t size, struct oci_error *err)
{
	size_t n = 1;
	int rc = 0;

	for (*got = 0; !rc && n && *got < size; *got += n)
		rc = oci_source_read(&n, source, data + *got, size - *got,
				     err);
	return rc;
}

static int compare(bool *out, struct oci_source *a, struct oci_source *b,
		   struct oci_error *err)
{
	char left[16 * 1024], right[16 * 1024];
	size_t n, m;
	int rc;

	do {
		rc = read_whole(&n, a, left, sizeof(left), err);
		if (!rc)
			rc = read_whole(&m, b, right, sizeof(right), err);
		if (rc)
			return rc;
		*out = n == m && memcmp(left, right, n) == 0;
	} while (*out && n);
	return 0;
}

int oci_content_equal(bool *out, const struct oci_tree *tree,
		      const struct oci_node *a, const struct oci_node *b,
		      struct oci_error *err)
{
	struct oci_source *left = NULL, *right = NULL;
	int rc;

	*out = false;
	if (a->size != b->size)
		return 0;
	rc = oci_content_open(&left, tree, a, err);
	if (!rc)
		rc = oci_content_open(&right, tree, b, err);
	if (!rc)
		rc = compare(out, left, right, err);
	oci_source_free(left);
	oci_source_free(right);
	return rc;
}
