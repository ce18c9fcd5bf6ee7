/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a zip file for libarchive, with edits. */
#include "layer/zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "io/file.h"
#include "layer/zip_edits.h"

enum { READ_SIZE = 64 * 1024 };

struct oci_zip {
	int fd;
	uint64_t at; /* offset of the next read */
	uint64_t size;
	struct oci_zip_edits edits;
	unsigned char data[READ_SIZE];
};

static la_ssize_t zip_read(struct archive *archive, void *client,
			   const void **data)
{
	struct oci_zip *zip = client;
	struct oci_error why;
	size_t got;

	*data = zip->data;
	if (oci_file_read_at(&got, zip->fd, zip->data, READ_SIZE, zip->at,
			     &why)) {
		archive_set_error(archive, EIO, "%s", why.message);
		return -1;
	}
	oci_zip_edits_apply(&zip->edits, zip->data, zip->at, got);
	zip->at += got;
	return (la_ssize_t)got;
}

static la_int64_t zip_seek(struct archive *archive, void *client,
			   la_int64_t offset, int whence)
{
	struct oci_zip *zip = client;
	la_int64_t from = whence == SEEK_SET ? 0 :
			  whence == SEEK_CUR ? (la_int64_t)zip->at :
					       (la_int64_t)zip->size;

	if (offset > INT64_MAX - from || offset < -from) {
		archive_set_error(archive, EINVAL, "seek out of the file");
		return ARCHIVE_FATAL;
	}
	zip->at = (uint64_t)(from + offset);
	return from + offset;
}

int oci_zip_attach(struct oci_zip **out, struct archive *archive, int fd,
		   struct oci_error *err)
{
	struct oci_zip *zip = calloc(1, sizeof(*zip));
	struct stat st;
	int rc = 0;

	*out = NULL;
	if (!zip)
		return oci_fail_nomem(err);
	zip->fd = fd;
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		zip->size = (uint64_t)st.st_size;
	rc = oci_zip_edits_find(&zip->edits, fd, zip->size, err);
	if (rc || !zip->edits.count) {
		oci_zip_free(zip);
		return rc;
	}
	if (archive_read_set_read_callback(archive, zip_read) != ARCHIVE_OK ||
	    archive_read_set_seek_callback(archive, zip_seek) != ARCHIVE_OK ||
	    archive_read_set_callback_data(archive, zip) != ARCHIVE_OK) {
		oci_zip_free(zip);
		return oci_fail_nomem(err);
	}
	*out = zip;
	return 0;
}

void oci_zip_free(struct oci_zip *zip)
{
	if (!zip)
		return;
	oci_zip_edits_release(&zip->edits);
	free(zip);
}
