/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive for reading. Every warning of its is an error here: a member
 * that was only half understood must not go into an image.
 */
#include "layer/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/decompress.h"
#include "layer/locale.h"

enum { READ_SIZE = 64 * 1024 };

struct oci_reader {
	struct archive *archive;
	locale_t locale;
	struct oci_source *file;	/* owned, of a path */
	struct oci_source *inflate;	/* owned: file without gzip or zstd */
	struct oci_source *decompress;	/* owned: without the others */
	struct oci_source *stream;	/* the last of them, or NULL: fd */
	int fd;
	struct oci_error why;		/* of a failed stream */
	int failed;			/* its status */
	bool started;
	bool lenient;
	char data[READ_SIZE];
};

static la_ssize_t read_stream(struct archive *archive, void *client,
			      const void **data)
{
	struct oci_reader *self = client;
	size_t got;

	*data = self->data;
	self->failed = oci_source_read(&got, self->stream, self->data,
				       READ_SIZE, &self->why);
	if (!self->failed)
		return (la_ssize_t)got;
	archive_set_error(archive, EIO, "%s", self->why.message);
	return -1;
}

static int archive_failed(struct oci_reader *self, struct oci_error *err)
{
	const char *text = archive_error_string(self->archive);

	if (self->failed) {
		if (err)
			*err = self->why;
		return self->failed;
	}
	if (oci_libarchive_nomem(self->archive))
		return oci_fail_nomem(err);
	if (!self->started)
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
	/* Not the reader of zip streams, which passes over the directory at
	 * the end, and with it over what was cut off. */
	if (kind == OCI_READER_LAYER)
		return archive_read_support_format_empty(a) == ARCHIVE_OK;
	return kind == OCI_READER_TAR ||
	       archive_read_support_format_zip_seekable(a) == ARCHIVE_OK;
}

static int reader_new(struct oci_reader **out, enum oci_reader_kind kind,
		      struct oci_error *err)
{
	struct oci_reader *self;
	int rc = oci_libarchive_load(err);

	*out = NULL;
	if (rc)
		return rc;
	self = calloc(1, sizeof(*self));
	if (!self)
		return oci_fail_nomem(err);
	self->fd = -1;
	self->lenient = kind == OCI_READER_LAYER;
	rc = oci_locale_open(&self->locale, err);
	self->archive = archive_read_new();
	if (!rc && !self->archive)
		rc = oci_fail_nomem(err);
	if (!rc && !set_formats(self->archive, kind))
		rc = oci_libarchive_nomem(self->archive)
			     ? oci_fail_nomem(err)
			     : oci_fail(err, OCI_E_UNSUPPORTED,
					"this libarchive lacks a format");
	if (rc)
		oci_reader_free(self);
	else
		*out = self;
	return rc;
}

static int start(struct oci_reader *self, struct oci_error *err)
{
	locale_t before = uselocale(self->locale);
	int result;

	if (self->stream)
		result = archive_read_open(self->archive, self, NULL,
					   read_stream, NULL);
	else
		result = archive_read_open_fd(self->archive, self->fd,
					      READ_SIZE);
	uselocale(before);
	return result == ARCHIVE_OK ? 0 : archive_failed(self, err);
}

/* Finds out how source is compressed; plain bytes make a stream as well. A
 * layer was inflated by who has its media type, and no engine does it twice. */
static int open_stream(struct oci_reader *self, struct oci_source *source,
		       struct oci_error *err)
{
	int rc;

	if (self->lenient) {
		self->stream = source;
		return 0;
	}
	rc = oci_inflate_open(&self->inflate, source, err);
	if (!rc && oci_inflate_kind(self->inflate) == OCI_INFLATE_PLAIN)
		rc = oci_decompress_open(&self->decompress, self->inflate,
					 err);
	self->stream = self->decompress ? self->decompress : self->inflate;
	return rc;
}

int oci_reader_open_source(struct oci_reader **out, struct oci_source *source,
			   enum oci_reader_kind kind, struct oci_error *err)
{
	int rc = reader_new(out, kind, err);

	if (!rc)
		rc = open_stream(*out, source, err);
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
		rc = open_stream(self, self->file, err);
	if (rc || !self->decompress || oci_decompress_found(self->decompress))
		return rc;
	self->stream = NULL;
	self->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
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

bool oci_reader_has_times(const struct oci_reader *reader)
{
	return (archive_format(reader->archive) & ARCHIVE_FORMAT_BASE_MASK) !=
	       ARCHIVE_FORMAT_ZIP;
}

bool oci_reader_is_zip(const struct oci_reader *reader)
{
	return (archive_format(reader->archive) & ARCHIVE_FORMAT_BASE_MASK) ==
	       ARCHIVE_FORMAT_ZIP;
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
	oci_source_free(reader->decompress);
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

	if (self->lenient || format != ARCHIVE_FORMAT_TAR ||
	    archive_filter_bytes(a, 0) > archive_read_header_position(a))
		return 0;
	return oci_fail(err, OCI_E_CORRUPT,
			"cut short: the blocks that end a tar are missing");
}

/* Behind the end of an archive are the sums of what compresses it. */
static int drain(struct oci_reader *self, struct oci_error *err)
{
	return self->stream ? oci_source_drain(self->stream, err) : 0;
}

int oci_reader_next(struct archive_entry **out, struct oci_reader *reader,
		    struct oci_error *err)
{
	locale_t before = uselocale(reader->locale);
	int result = archive_read_next_header(reader->archive, out);

	uselocale(before);
	if (result == ARCHIVE_EOF) {
		int rc = check_end(reader, err);

		*out = NULL;
		return rc ? rc : drain(reader, err);
	}
	if (result != ARCHIVE_OK &&
	    !(result == ARCHIVE_WARN && reader->lenient))
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
