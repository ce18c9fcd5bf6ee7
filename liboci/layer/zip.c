/* SPDX-License-Identifier: Apache-2.0 */
/* .ZIP File Format Specification (APPNOTE.TXT) 6.3.10, sections 4.3 and 4.5. */
#include "layer/zip.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/error.h"
#include "io/file.h"

enum {
	READ_SIZE = 64 * 1024,
	END_SIZE = 22,
	END_ROOM = END_SIZE + 0xffff,	/* with the longest comment */
	LOCATOR_SIZE = 20,
	END64_SIZE = 56,
	ENTRY_SIZE = 46,
	DIRECTORY_MAX = 64 * 1024 * 1024,
	UTF8 = 0x08,			/* in the second byte of the flags */
};

struct oci_zip {
	int fd;
	uint64_t at;		/* where reading goes on */
	uint64_t size;
	uint64_t *marks;	/* offsets of bytes with the bit, sorted */
	size_t count;
	size_t capacity;
	unsigned char data[READ_SIZE];
};

static uint64_t number(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

static bool has_magic(const unsigned char *p, char three, char four)
{
	return p[0] == 'P' && p[1] == 'K' && p[2] == three && p[3] == four;
}

static bool read_at(const struct oci_zip *zip, void *out, size_t size,
		    uint64_t offset)
{
	size_t got;

	return offset <= zip->size && size <= zip->size - offset &&
	       !oci_file_read_at(&got, zip->fd, out, size, offset, NULL) &&
	       got == size;
}

/* Where the directory is: what the end says, or the end of zip64 before it. */
static bool read_end(uint64_t *offset, uint64_t *size,
		     const struct oci_zip *zip, const unsigned char *end,
		     uint64_t at)
{
	unsigned char locator[LOCATOR_SIZE], end64[END64_SIZE];

	*size = number(end + 12, 4);
	*offset = number(end + 16, 4);
	if (at < LOCATOR_SIZE ||
	    !read_at(zip, locator, LOCATOR_SIZE, at - LOCATOR_SIZE) ||
	    !has_magic(locator, 6, 7))
		return true;
	if (!read_at(zip, end64, END64_SIZE, number(locator + 8, 8)) ||
	    !has_magic(end64, 6, 6))
		return false;
	*size = number(end64 + 40, 8);
	*offset = number(end64 + 48, 8);
	return true;
}

static bool find_directory(uint64_t *offset, uint64_t *size,
			   const struct oci_zip *zip)
{
	size_t room = zip->size < END_ROOM ? (size_t)zip->size : END_ROOM;
	unsigned char *tail = malloc(room ? room : 1);
	uint64_t start = zip->size - room;
	bool found = false;

	if (tail && room >= END_SIZE && read_at(zip, tail, room, start))
		for (size_t i = room - END_SIZE + 1; !found && i-- > 0;)
			found = has_magic(tail + i, 5, 6) &&
				read_end(offset, size, zip, tail + i,
					 start + i);
	free(tail);
	return found && *size && *size <= DIRECTORY_MAX;
}

/* The offset of a member, which zip64 has among the extra fields; an entry
 * that is wrong has none. */
static bool read_offset(uint64_t *out, const unsigned char *entry,
			const unsigned char *extra, size_t size)
{
	uint64_t full = UINT32_MAX;

	*out = number(entry + 42, 4);
	if (*out != full)
		return true;
	while (size >= 4) {
		size_t length = (size_t)number(extra + 2, 2);
		/* The two sizes come first, if they do not fit either. */
		size_t skip = 8 * ((number(entry + 24, 4) == full) +
				   (size_t)(number(entry + 20, 4) == full));

		if (length > size - 4)
			return false;
		if (number(extra, 2) == 1) {
			if (length < skip + 8)
				return false;
			*out = number(extra + 4 + skip, 8);
			return true;
		}
		extra += 4 + length;
		size -= 4 + length;
	}
	return false;
}

static int add_mark(struct oci_zip *zip, uint64_t at, struct oci_error *err)
{
	uint64_t *marks = oci_array_grow(zip->marks, &zip->capacity,
					 zip->count + 1, sizeof(*marks));

	if (!marks)
		return oci_fail_nomem(err);
	zip->marks = marks;
	marks[zip->count++] = at;
	return 0;
}

/* The marks of one entry of the directory, and of its member. */
static int take_entry(struct oci_zip *zip, const unsigned char *entry,
		      uint64_t at, size_t name, size_t extra,
		      struct oci_error *err)
{
	unsigned char local[8];
	uint64_t offset;
	int rc = entry[9] & UTF8 ? add_mark(zip, at + 9, err) : 0;

	if (rc || !read_offset(&offset, entry, entry + ENTRY_SIZE + name,
			       extra) ||
	    !read_at(zip, local, sizeof(local), offset) ||
	    !has_magic(local, 3, 4) || !(local[7] & UTF8))
		return rc;
	return add_mark(zip, offset + 7, err);
}

static int read_directory(struct oci_zip *zip, const unsigned char *directory,
			  size_t size, uint64_t at, struct oci_error *err)
{
	int rc = 0;

	while (!rc && size >= ENTRY_SIZE && has_magic(directory, 1, 2)) {
		size_t name = (size_t)number(directory + 28, 2);
		size_t extra = (size_t)number(directory + 30, 2);
		size_t whole = ENTRY_SIZE + name + extra +
			       (size_t)number(directory + 32, 2);

		if (whole > size)
			break;
		rc = take_entry(zip, directory, at, name, extra, err);
		directory += whole;
		size -= whole;
		at += whole;
	}
	return rc;
}

static int by_offset(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static int find_marks(struct oci_zip *zip, struct oci_error *err)
{
	unsigned char *directory;
	uint64_t offset, size;
	struct stat st;
	int rc = 0;

	if (fstat(zip->fd, &st) != 0 || st.st_size < 0)
		return 0;
	zip->size = (uint64_t)st.st_size;
	if (!find_directory(&offset, &size, zip))
		return 0;
	directory = malloc((size_t)size);
	if (!directory)
		return oci_fail_nomem(err);
	if (read_at(zip, directory, (size_t)size, offset))
		rc = read_directory(zip, directory, (size_t)size, offset, err);
	free(directory);
	if (zip->count)
		qsort(zip->marks, zip->count, sizeof(*zip->marks), by_offset);
	return rc;
}

/* The first mark at or behind an offset. */
static size_t first_mark(const struct oci_zip *zip, uint64_t offset)
{
	size_t low = 0, high = zip->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zip->marks[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

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
	for (size_t i = first_mark(zip, zip->at);
	     i < zip->count && zip->marks[i] - zip->at < got; i++)
		zip->data[zip->marks[i] - zip->at] &= (unsigned char)~UTF8;
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
	int rc;

	*out = NULL;
	if (!zip)
		return oci_fail_nomem(err);
	zip->fd = fd;
	rc = find_marks(zip, err);
	if (rc || !zip->count) {
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
	free(zip->marks);
	free(zip);
}
