/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive for reading. Every warning of its is an error here: a member
 * that was only half understood must not go into an image.
 */
#include "layer/reader.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "io/inflate.h"
#include "layer/locale.h"

enum { READ_SIZE = 64 * 1024 };

struct oci_reader {
	struct archive *archive;
	locale_t locale;
	struct oci_source *file;	/* owned, of a path */
	struct oci_source *inflate;	/* owned; NULL: libarchive reads fd */
	int fd;
	struct oci_error why;		/* of a failed inflate */
	bool failed;
	bool started;
	char data[READ_SIZE];
};

static la_ssize_t read_inflate(struct archive *archive, void *client,
			       const void **data)
{
	struct oci_reader *self = client;
	size_t got;

	*data = self->data;
	if (oci_source_read(&got, self->inflate, self->data, READ_SIZE,
			    &self->why) == 0)
		return (la_ssize_t)got;
	self->failed = true;
	archive_set_error(archive, EIO, "%s", self->why.message);
	return -1;
}

static int archive_failed(struct oci_reader *self, struct oci_error *err)
{
	const char *text = archive_error_string(self->archive);

	if (archive_errno(self->archive) == ENOMEM)
		return oci_fail_nomem(err);
	if (!self->started && !self->failed)
		return oci_fail(err, OCI_E_CORRUPT,
				"not an archive that can be read: %s",
				text ? text : "unknown format");
	return oci_fail(err, OCI_E_CORRUPT, "corrupt or cut short: %s",
			text ? text : "unknown error");
}

static bool set_formats(struct archive *a, enum oci_reader_kind kind)
{
	if (kind == OCI_READER_AR)
		return archive_read_support_format_ar(a) == ARCHIVE_OK;
	if (archive_read_support_format_tar(a) != ARCHIVE_OK)
		return false;
	return kind == OCI_READER_TAR ||
	       archive_read_support_format_zip(a) == ARCHIVE_OK;
}

/* The compressions that libarchive has code of its own for. */
static void set_filters(struct archive *a)
{
	archive_read_support_filter_none(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_compress(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lz4(a);
}

static int reader_new(struct oci_reader **out, enum oci_reader_kind kind,
		      struct oci_error *err)
{
	struct oci_reader *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->fd = -1;
	rc = oci_locale_open(&self->locale, err);
	self->archive = archive_read_new();
	if (!rc && !self->archive)
		rc = oci_fail_nomem(err);
	if (!rc && !set_formats(self->archive, kind))
		rc = oci_fail(err, OCI_E_UNSUPPORTED,
			      "this libarchive lacks a format");
	if (rc) {
		oci_reader_free(self);
		return rc;
	}
	set_filters(self->archive);
	*out = self;
	return 0;
}

static int start(struct oci_reader *self, struct oci_error *err)
{
	locale_t before = uselocale(self->locale);
	int result;

	if (self->inflate)
		result = archive_read_open(self->archive, self, NULL,
					   read_inflate, NULL);
	else
		result = archive_read_open_fd(self->archive, self->fd,
					      READ_SIZE);
	uselocale(before);
	return result == ARCHIVE_OK ? 0 : archive_failed(self, err);
}

int oci_reader_open_source(struct oci_reader **out, struct oci_source *source,
			   enum oci_reader_kind kind, struct oci_error *err)
{
	int rc = reader_new(out, kind, err);

	if (!rc)
		rc = oci_inflate_open(&(*out)->inflate, source, err);
	if (!rc)
		rc = start(*out, err);
	if (rc) {
		oci_reader_free(*out);
		*out = NULL;
	}
	return rc;
}

/* Plain archives are read by libarchive itself, which seeks in them. */
static int open_path(struct oci_reader *self, const char *path,
		     struct oci_error *err)
{
	int rc = oci_source_open_file(&self->file, path, err);

	if (!rc)
		rc = oci_inflate_open(&self->inflate, self->file, err);
	if (rc || oci_inflate_kind(self->inflate) != OCI_INFLATE_PLAIN)
		return rc;
	oci_source_free(self->inflate);
	self->inflate = NULL;
	self->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (self->fd < 0)
		return oci_fail_errno(err, "open '%s'", path);
	return 0;
}

int oci_reader_open(struct oci_reader **out, const char *path,
		    enum oci_reader_kind kind, struct oci_error *err)
{
	int rc = reader_new(out, kind, err);

	if (!rc)
		rc = open_path(*out, path, err);
	if (!rc)
		rc = start(*out, err);
	if (rc) {
		oci_reader_free(*out);
		*out = NULL;
	}
	return rc;
}

int oci_reader_open_fd(struct oci_reader **out, int fd,
		       enum oci_reader_kind kind, struct oci_error *err)
{
	int rc = reader_new(out, kind, err);

	if (rc)
		return rc;
	(*out)->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if ((*out)->fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
		rc = oci_fail_errno(err, "seek");
	if (!rc)
		rc = start(*out, err);
	if (rc) {
		oci_reader_free(*out);
		*out = NULL;
	}
	return rc;
}

uint64_t oci_reader_offset(const struct oci_reader *reader)
{
	return (uint64_t)archive_filter_bytes(reader->archive, 0);
}

void oci_reader_free(struct oci_reader *reader)
{
	if (!reader)
		return;
	archive_read_free(reader->archive);
	oci_source_free(reader->inflate);
	oci_source_free(reader->file);
	if (reader->fd >= 0)
		close(reader->fd);
	if (reader->locale)
		freelocale(reader->locale);
	free(reader);
}

/*
 * A tar ends in blocks of zeros. libarchive takes a file that just stops
 * between two members for a whole one; we do not.
 */
static int check_end(struct oci_reader *self, struct oci_error *err)
{
	struct archive *a = self->archive;
	int format = archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;

	if (format != ARCHIVE_FORMAT_TAR ||
	    archive_filter_bytes(a, 0) > archive_read_header_position(a))
		return 0;
	return oci_fail(err, OCI_E_CORRUPT,
			"cut short: the blocks that end a tar are missing");
}

int oci_reader_next(struct archive_entry **out, struct oci_reader *reader,
		    struct oci_error *err)
{
	locale_t before = uselocale(reader->locale);
	int result = archive_read_next_header(reader->archive, out);

	uselocale(before);
	if (result == ARCHIVE_EOF) {
		*out = NULL;
		return check_end(reader, err);
	}
	if (result != ARCHIVE_OK)
		return archive_failed(reader, err);
	reader->started = true;
	return 0;
}

int oci_reader_read(size_t *got, struct oci_reader *reader, void *data,
		    size_t size, struct oci_error *err)
{
	la_ssize_t n = archive_read_data(reader->archive, data, size);

	*got = 0;
	if (n < 0)
		return archive_failed(reader, err);
	*got = (size_t)n;
	return 0;
}

struct member {
	struct oci_source base;
	struct oci_reader *reader;
};

static int member_read(size_t *got, struct oci_source *source, void *data,
		       size_t size, struct oci_error *err)
{
	return oci_reader_read(got, ((struct member *)source)->reader, data,
			       size, err);
}

static void member_free(struct oci_source *source)
{
	free(source);
}

int oci_reader_member(struct oci_source **out, struct oci_reader *reader,
		      struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		member_read, NULL, member_free,
	};
	struct member *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->reader = reader;
	*out = &self->base;
	return 0;
}
