/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive's filters as a source. libarchive's format readers stop at the end
 * of an archive and do not check the checksums after it.
 */
#include "layer/decompress.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "layer/libarchive.h"

enum { READ_SIZE = 64 * 1024 };

struct decompress {
	struct oci_source base;
	struct oci_source *from;
	struct archive *archive;
	struct oci_error why;		/* the error of `from` */
	int failed;			/* its status */
	bool empty;
	struct oci_watch *watch;	/* of the caller; or own */
	struct oci_watch own;
	uint64_t taken; /* bytes read from `from`, not counted yet */
	char data[READ_SIZE];
};

static la_ssize_t read_from(struct archive *archive, void *client,
			    const void **data)
{
	struct decompress *self = client;
	size_t got;

	*data = self->data;
	self->failed = oci_source_read(&got, self->from, self->data,
				       READ_SIZE, &self->why);
	self->taken += got;
	if (!self->failed)
		return (la_ssize_t)got;
	archive_set_error(archive, EIO, "%s", self->why.message);
	return -1;
}

static int decompress_failed(const struct decompress *self,
			     struct oci_error *err)
{
	if (!self->failed)
		return oci_libarchive_fail(self->archive, err);
	if (err)
		*err = self->why;
	return self->failed;
}

static int decompress_read(size_t *got, struct oci_source *source, void *data,
			   size_t size, struct oci_error *err)
{
	struct decompress *self = (struct decompress *)source;
	la_ssize_t n = 0;
	uint64_t taken;

	if (!self->empty)
		n = archive_read_data(self->archive, data, size);
	if (n < 0)
		return decompress_failed(self, err);
	*got = (size_t)n;
	if (!oci_decompress_found(source))
		return oci_watch_check(self->watch, err);
	taken = self->taken;
	self->taken = 0;
	return oci_watch_count(self->watch, taken, *got, err);
}

static void decompress_free(struct oci_source *source)
{
	struct decompress *self = (struct decompress *)source;

	archive_read_free(self->archive);
	free(self);
}

/* libarchive looks for filters in the output of filters, without a limit. */
static int check_filters(const struct decompress *self, struct oci_error *err)
{
	if (archive_filter_count(self->archive) <= 2)
		return 0;
	return oci_fail(err, OCI_E_UNSUPPORTED, "it is compressed more than "
			"once: decompress it by hand until it is compressed "
			"once");
}

static int start(struct decompress *self, struct oci_error *err)
{
	struct archive *a = self->archive = archive_read_new();
	struct archive_entry *entry;
	int result;

	if (!a || archive_read_support_format_raw(a) != ARCHIVE_OK ||
	    archive_read_support_format_empty(a) != ARCHIVE_OK)
		return oci_fail_nomem(err);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_compress(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lz4(a);
	if (archive_read_open(a, self, NULL, read_from, NULL) != ARCHIVE_OK)
		return decompress_failed(self, err);
	/* libarchive does not check the one that it allocates itself. */
	entry = archive_entry_new2(a);
	if (!entry)
		return oci_fail_nomem(err);
	result = archive_read_next_header2(a, entry);
	archive_entry_free(entry);
	switch (result) {
	case ARCHIVE_OK:
		return check_filters(self, err);
	case ARCHIVE_EOF:
		self->empty = true;
		return check_filters(self, err);
	default:
		return decompress_failed(self, err);
	}
}

int oci_decompress_open(struct oci_source **out, struct oci_source *from,
			struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		decompress_read, NULL, decompress_free,
	};
	struct decompress *self;
	int rc = oci_libarchive_load(err);

	*out = NULL;
	if (rc)
		return rc;
	self = calloc(1, sizeof(*self));
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->from = from;
	self->watch = &self->own;
	rc = start(self, err);
	if (rc)
		decompress_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

void oci_decompress_watch(struct oci_source *decompress,
			  struct oci_watch *watch)
{
	struct decompress *self = (struct decompress *)decompress;

	self->watch = watch ? watch : &self->own;
}

bool oci_decompress_found(const struct oci_source *decompress)
{
	const struct decompress *self = (const struct decompress *)decompress;

	/* The last filter is the stream itself. */
	return archive_filter_count(self->archive) > 1;
}
