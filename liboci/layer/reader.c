/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads archives with libarchive. A warning of libarchive is an error here,
 * because a member that was misunderstood must not go into an image.
 */
#include "layer/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "io/inflate.h"
#include "layer/decompress.h"
#include "layer/pax.h"
#include "layer/zip.h"

enum { READ_SIZE = 64 * 1024, TAR_MAGIC = 257 /* of "ustar" in a tar */ };

struct oci_reader {
	struct archive *archive;
	struct archive_entry *entry;	/* the present member's header */
	locale_t locale;		/* C, whatever the program has */
	struct oci_source *file;	/* owned, of a path */
	struct oci_source *inflate;	/* owned; gzip or zstd */
	struct oci_source *decompress;	/* owned; other filters */
	struct oci_source *pax;		/* owned; NULL unless it is a tar */
	struct oci_zip *zip;		/* owned; or NULL */
	struct oci_source *stream;	/* the last of these; NULL: use fd */
	int fd;
	enum oci_reader_kind kind;
	struct oci_error why;		/* the error of `stream` */
	int failed;			/* its status */
	bool started;
	bool lenient;
	struct oci_watch *watch;	/* or NULL */
	const char *block;		/* of the present member */
	size_t block_size;		/* bytes of the block that are left */
	uint64_t block_at;		/* offset of the block in the member */
	uint64_t at;			/* bytes of the member so far */
	bool ended;			/* the member has no more blocks */
	char data[READ_SIZE];
};

static la_ssize_t read_stream(struct archive *archive, void *client,
			      const void **data)
{
	struct oci_reader *self = client;
	size_t got;

	*data = self->data;
	self->failed = oci_watch_check(self->watch, &self->why);
	if (!self->failed)
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
	int rc;

	if (self->failed && err)
		*err = self->why;
	rc = self->failed ? self->failed :
			    oci_libarchive_fail(self->archive, err);
	if (rc != OCI_E_CORRUPT || self->failed)
		return rc;
	if (!self->started)
		return oci_fail(err, rc, "not an archive that can be read: %s",
				text ? text : "unknown format");
	if (text && (strstr(text, "Passphrase") || strstr(text, "ncrypt")))
		return oci_fail(err, OCI_E_UNSUPPORTED, "its members are "
				"encrypted: unpack it, and pack its files");
	return rc;
}

static bool set_formats(struct archive *a, enum oci_reader_kind kind)
{
	if (kind == OCI_READER_AR)
		return archive_read_support_format_ar(a) == ARCHIVE_OK;
	if (archive_read_support_format_tar(a) != ARCHIVE_OK)
		return false;
	/* The reader of zip streams is not used: it ignores the directory at
	 * the end, and so does not notice that a file is cut short. */
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
	self->kind = kind;
	self->lenient = kind == OCI_READER_LAYER;
	self->locale = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
	self->archive = archive_read_new();
	/* libarchive's own is not checked. */
	self->entry = self->archive ? archive_entry_new2(self->archive) : NULL;
	if (!self->locale || !self->entry)
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

/* A stream is a tar, or the ar of a package. */
static int start(struct oci_reader *self, struct oci_error *err)
{
	int result, rc = 0;
	locale_t before;

	if (self->stream && self->kind != OCI_READER_AR) {
		rc = oci_pax_open(&self->pax, self->stream, self->lenient, err);
		self->stream = self->pax;
	} else if (!self->stream && self->kind == OCI_READER_ARCHIVE) {
		rc = oci_zip_attach(&self->zip, self->archive, self->fd, err);
	}
	if (rc)
		return rc;
	before = uselocale(self->locale);
	if (self->stream)
		result = archive_read_open(self->archive, self, NULL,
					   read_stream, NULL);
	else if (self->zip)
		result = archive_read_open1(self->archive);
	else
		result = archive_read_open_fd(self->archive, self->fd,
					      READ_SIZE);
	uselocale(before);
	return result == ARCHIVE_OK ? 0 : archive_failed(self, err);
}

/* Opens the decompression of source, if it is compressed. A layer's blob was
 * inflated before, by its media type, and engines do not inflate twice. */
static int open_stream(struct oci_reader *self, struct oci_source *source,
		       struct oci_error *err)
{
	int rc;

	if (self->lenient) {
		self->stream = source;
		return 0;
	}
	rc = oci_inflate_open(&self->inflate, source, err);
	if (!rc)
		oci_inflate_padded(self->inflate);
	if (!rc && oci_inflate_found(self->inflate) == OCI_INFLATE_PLAIN)
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

static bool is_tar(int fd)
{
	char magic[6] = "";

	return pread(fd, magic, 5, TAR_MAGIC) == 5 && !strcmp(magic, "ustar");
}

/* libarchive itself reads a zip file, because it has to seek. */
static int open_path(struct oci_reader *self, const char *path,
		     struct oci_error *err)
{
	int rc = oci_source_open_file(&self->file, path, err);

	if (!rc)
		rc = open_stream(self, self->file, err);
	if (rc || !self->decompress || oci_decompress_found(self->decompress))
		return rc;
	self->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (self->fd < 0)
		return oci_fail_errno(err, "open '%s'", path);
	if (!is_tar(self->fd))
		self->stream = NULL;
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

void oci_reader_watch(struct oci_reader *reader, struct oci_watch *watch)
{
	reader->watch = watch;
	if (reader->inflate)
		oci_inflate_watch(reader->inflate, watch);
	if (reader->decompress)
		oci_decompress_watch(reader->decompress, watch);
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
	archive_entry_free(reader->entry);
	oci_zip_free(reader->zip);
	oci_source_free(reader->pax);
	oci_source_free(reader->decompress);
	oci_source_free(reader->inflate);
	oci_source_free(reader->file);
	if (reader->fd >= 0)
		close(reader->fd);
	if (reader->locale)
		freelocale(reader->locale);
	free(reader);
}

/* Blocks of zeros end a tar; libarchive accepts a file without them. */
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

int oci_reader_next(struct archive_entry **out, struct oci_reader *reader,
		    struct oci_error *err)
{
	int result, rc = oci_watch_check(reader->watch, err);
	locale_t before = rc ? NULL : uselocale(reader->locale);

	if (rc)
		return rc;
	result = archive_read_next_header2(reader->archive, reader->entry);
	uselocale(before);
	*out = result == ARCHIVE_EOF ? NULL : reader->entry;
	reader->block_size = 0;
	reader->block_at = reader->at = 0;
	reader->ended = false;
	if (result == ARCHIVE_EOF) {
		rc = check_end(reader, err);
		/* Read the checksums of the compression after the end. */
		if (!rc && reader->stream)
			rc = oci_source_drain(reader->stream, err);
		return rc;
	}
	if (result != ARCHIVE_OK &&
	    !(result == ARCHIVE_WARN && reader->lenient))
		return archive_failed(reader, err);
	reader->started = true;
	return 0;
}

/* Reads the next block when the last one is used up. At the end of a sparse
 * member, the offset is the member's size. */
static int next_block(struct oci_reader *self, struct oci_error *err)
{
	const void *block = NULL;
	int64_t at = 0;
	size_t size = 0;
	int result, rc = oci_watch_check(self->watch, err);

	if (rc || self->ended || self->block_size || self->at < self->block_at)
		return rc;
	result = archive_read_data_block(self->archive, &block, &size, &at);
	self->ended = result == ARCHIVE_EOF;
	if (!self->ended && result != ARCHIVE_OK)
		return archive_failed(self, err);
	if (at < 0 || (uint64_t)at < self->at) {
		if (!self->ended)
			return oci_fail(err, OCI_E_CORRUPT, "corrupt: the "
					"parts of a sparse member overlap");
		at = (int64_t)self->at;
	}
	self->block = block;
	self->block_size = self->ended ? 0 : size;
	self->block_at = (uint64_t)at;
	return 0;
}

int oci_reader_piece(size_t *got, uint64_t *hole, struct oci_reader *reader,
		     void *data, size_t size, struct oci_error *err)
{
	int rc = 0;

	*hole = *got = 0;
	while (!rc && !*got && !*hole) {
		rc = next_block(reader, err);
		*hole = rc ? 0 : reader->block_at - reader->at;
		if (rc || *hole || reader->ended)
			break;
		*got = reader->block_size < size ? reader->block_size : size;
		/* An empty block may have no data pointer. */
		if (!*got)
			continue;
		memcpy(data, reader->block, *got);
		reader->block += *got;
		reader->block_size -= *got;
		reader->block_at += *got;
	}
	reader->at += *got + *hole;
	return rc;
}

int oci_reader_read(size_t *got, struct oci_reader *reader, void *data,
		    size_t size, struct oci_error *err)
{
	uint64_t hole;
	int rc = oci_reader_piece(got, &hole, reader, data, size, err);

	if (rc || !hole)
		return rc;
	/* The next call returns the rest of the hole. */
	*got = hole < size ? (size_t)hole : size;
	memset(data, 0, *got);
	reader->at -= hole - *got;
	return 0;
}
