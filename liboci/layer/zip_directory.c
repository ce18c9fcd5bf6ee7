/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the edits of a zip file. .ZIP File Format Specification (APPNOTE.TXT)
 * 6.3.10, sections 4.3 to 4.6.
 *
 * The name of a member is that of its local header, for libarchive and unzip:
 * the name field, or the Unicode Path extra field (4.6.9) if bit 11 of the
 * flags is clear and the field's CRC is that of the name field.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/file.h"
#include "layer/zip_edits.h"

enum {
	END_SIZE = 22,
	END_ROOM = END_SIZE + 0xffff, /* with the longest comment */
	LOCATOR_SIZE = 20,
	END64_SIZE = 56,
	ENTRY_SIZE = 46,
	LOCAL_SIZE = 30,
	LENGTHS = 26,	   /* of name and extra fields in a local header */
	LOCAL_ROOM = 1024, /* enough for most local headers */
	DIRECTORY_MAX = 64 * 1024 * 1024,
	LOCALS_MAX =
		256 * 1024 * 1024, /* names and extra fields of local headers */
	FIELDS_MAX = 0xffff,
	UTF8 = 0x08, /* in the second byte of the flags */
	RECORD = 4,  /* id and length of an extra field */
	UNICODE_PATH = 0x7075,
	UNICODE_SIZE = 5, /* its version and CRC */
	NO_FIELD = 0xff,  /* changes 0x7075 to 0x70ff, an unknown field */
};

struct scan {
	struct oci_zip_edits *edits;
	int fd;
	uint64_t size;
	uint64_t directory; /* its offset */
	uint64_t directory_size;
	uint64_t offset;     /* its offset as the end record says */
	uint64_t correction; /* of offsets, for bytes before the archive */
	uint64_t budget;
};

static uint64_t number(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

static void put_number(unsigned char *p, size_t value)
{
	p[0] = (unsigned char)value;
	p[1] = (unsigned char)(value >> 8);
}

static bool has_magic(const unsigned char *p, char three, char four)
{
	return p[0] == 'P' && p[1] == 'K' && p[2] == three && p[3] == four;
}

static bool read_at(const struct scan *scan, void *out, size_t size,
		    uint64_t offset)
{
	size_t got;

	return offset <= scan->size && size <= scan->size - offset &&
	       !oci_file_read_at(&got, scan->fd, out, size, offset, NULL) &&
	       got == size;
}

/* Reads the end record. The directory ends where this record starts, whatever
 * offset it says: a program in front of a self-extracting archive moves both.
 * The record of zip64 is trusted, as in libarchive. */
static bool read_end(struct scan *scan, const unsigned char *end, uint64_t at)
{
	unsigned char locator[LOCATOR_SIZE], end64[END64_SIZE];

	scan->directory_size = number(end + 12, 4);
	scan->offset = number(end + 16, 4);
	scan->directory = at - scan->directory_size;
	if (at >= LOCATOR_SIZE &&
	    read_at(scan, locator, LOCATOR_SIZE, at - LOCATOR_SIZE) &&
	    has_magic(locator, 6, 7) &&
	    read_at(scan, end64, END64_SIZE, number(locator + 8, 8)) &&
	    has_magic(end64, 6, 6)) {
		scan->directory_size = number(end64 + 40, 8);
		scan->offset = number(end64 + 48, 8);
		scan->directory = scan->offset;
	}
	return scan->directory <= at;
}

static bool find_directory(struct scan *scan)
{
	size_t room = scan->size < END_ROOM ? (size_t)scan->size : END_ROOM;
	unsigned char *tail = malloc(room ? room : 1);
	uint64_t start = scan->size - room;
	bool found = false;

	if (tail && room >= END_SIZE && read_at(scan, tail, room, start))
		for (size_t i = room - END_SIZE + 1; !found && i-- > 0;)
			found = has_magic(tail + i, 5, 6) &&
				read_end(scan, tail + i, start + i);
	free(tail);
	return found && scan->directory_size &&
	       scan->directory_size <= DIRECTORY_MAX;
}

/* Returns the size of an extra field with its header; 0 if it exceeds size. */
static size_t field_size(const unsigned char *p, size_t size)
{
	size_t length = size < RECORD ? 0 : RECORD + (size_t)number(p + 2, 2);

	return length <= size ? length : 0;
}

/* Finds the first Unicode Path among extra fields; or NULL. */
static const unsigned char *find_path(const unsigned char *extra, size_t size)
{
	size_t length;

	for (; (length = field_size(extra, size)); size -= length) {
		if (number(extra, 2) == UNICODE_PATH)
			return extra;
		extra += length;
	}
	return NULL;
}

/* Finds the offset of a member, which zip64 stores in an extra field; returns
 * false if the entry is invalid. */
static bool read_offset(uint64_t *out, const struct scan *scan,
			const unsigned char *entry, const unsigned char *extra,
			size_t size)
{
	uint64_t full = UINT32_MAX;
	/* The two sizes come first, if they do not fit into 32 bits either. */
	size_t skip = 8 * ((number(entry + 24, 4) == full) +
			   (size_t)(number(entry + 20, 4) == full));
	size_t length;

	*out = number(entry + 42, 4) + scan->correction;
	if (number(entry + 42, 4) != full)
		return true;
	for (; (length = field_size(extra, size)); size -= length) {
		if (number(extra, 2) == 1) {
			if (length < RECORD + skip + 8)
				return false;
			*out = number(extra + RECORD + skip, 8);
			return true;
		}
		extra += length;
	}
	return false;
}

/* The CRC-32 of zip (4.4.7). */
static uint32_t checksum(const unsigned char *data, size_t size)
{
	uint32_t table[16], crc = ~UINT32_C(0);

	for (uint32_t i = 0; i < 16; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^
				   (table[i] & 1 ? UINT32_C(0xedb88320) : 0);
	}
	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* Finds the Unicode Path that is the member's name: the last valid one, as in
 * unzip; or NULL. An empty one says that the name field is UTF-8. */
static const unsigned char *choose_path(const unsigned char *name, size_t size,
					size_t extra)
{
	const unsigned char *at = name + size, *end = at + extra;
	const unsigned char *path = find_path(at, extra), *found = NULL;
	uint32_t crc = path ? checksum(name, size) : 0;

	for (; path; path = find_path(at, (size_t)(end - at))) {
		size_t length = field_size(path, (size_t)(end - path));

		if (length < RECORD + UNICODE_SIZE || path[RECORD] > 1 ||
		    number(path + RECORD + 1, 4) != crc)
			break;
		found = length > RECORD + UNICODE_SIZE ? path : NULL;
		at = path + length;
	}
	return found;
}

/* Hides each Unicode Path, because libarchive would compose its characters. */
static int hide_paths(struct scan *scan, const unsigned char *extra,
		      size_t size, uint64_t at, struct oci_error *err)
{
	const unsigned char *path = extra, *end = extra + size;
	int rc = 0;

	while (!rc && (path = find_path(path, (size_t)(end - path)))) {
		rc = oci_zip_edits_byte(scan->edits,
					at + (uint64_t)(path - extra), NO_FIELD,
					err);
		path += field_size(path, (size_t)(end - path));
	}
	return rc;
}

/*
 * Copies the Unicode Path into the name field of a local header. The total size
 * of name and extra fields must not change, so an unknown field replaces the
 * Unicode Path and fills the difference in length.
 */
static int set_name(struct scan *scan, uint64_t offset,
		    const unsigned char *header, const unsigned char *path,
		    struct oci_error *err)
{
	size_t name = (size_t)number(header + LENGTHS, 2);
	size_t extra = (size_t)number(header + LENGTHS + 2, 2);
	const unsigned char *from = header + LOCAL_SIZE + name;
	size_t before = (size_t)(path - from);
	size_t field = field_size(path, extra - before);
	size_t size = field - RECORD - UNICODE_SIZE;
	size_t rest = name + extra - size;
	unsigned char *out, *to;

	if (rest > FIELDS_MAX)
		return oci_fail(err, OCI_E_UNSUPPORTED,
				"a member has more than %d bytes of extra "
				"fields: pack the archive again without them",
				FIELDS_MAX);
	out = calloc(1, RECORD + name + extra);
	if (!out)
		return oci_fail_nomem(err);
	put_number(out, size);
	put_number(out + 2, rest);
	memcpy(out + RECORD, path + RECORD + UNICODE_SIZE, size);
	to = out + RECORD + size;
	put_number(to, UNICODE_PATH | NO_FIELD);
	put_number(to + 2, name + UNICODE_SIZE);
	to += RECORD + name + UNICODE_SIZE;
	memcpy(to, from, before);
	memcpy(to + before, path + field, extra - before - field);
	/* Other Unicode Paths are ignored. */
	for (size_t left = extra - field, n; (n = field_size(to, left));
	     left -= n, to += n)
		if (number(to, 2) == UNICODE_PATH)
			to[0] = NO_FIELD;
	return oci_zip_edits_bytes(scan->edits, offset + LENGTHS, out,
				   RECORD + name + extra, err);
}

/* Adds the edits of a local header, which is complete in memory. */
static int edit_local(struct scan *scan, uint64_t offset,
		      const unsigned char *header, struct oci_error *err)
{
	const unsigned char *name = header + LOCAL_SIZE;
	size_t size = (size_t)number(header + LENGTHS, 2);
	size_t extra = (size_t)number(header + LENGTHS + 2, 2);
	const unsigned char *path =
		header[7] & UTF8 ? NULL : choose_path(name, size, extra);

	if (path)
		return set_name(scan, offset, header, path, err);
	return hide_paths(scan, name + size, extra, offset + LOCAL_SIZE + size,
			  err);
}

static int edit_member(struct scan *scan, uint64_t offset,
		       struct oci_error *err)
{
	unsigned char room[LOCAL_ROOM], *header = room;
	uint64_t left = offset < scan->size ? scan->size - offset : 0;
	size_t fields, got = left < LOCAL_ROOM ? (size_t)left : LOCAL_ROOM;
	int rc = 0;

	if (got < LOCAL_SIZE || !read_at(scan, room, got, offset) ||
	    !has_magic(room, 3, 4))
		return 0;
	if (room[7] & UTF8)
		rc = oci_zip_edits_byte(scan->edits, offset + 7,
					room[7] & (unsigned char)~UTF8, err);
	fields = (size_t)(number(room + LENGTHS, 2) +
			  number(room + LENGTHS + 2, 2));
	if (rc || fields > left - LOCAL_SIZE)
		return rc;
	if (fields > scan->budget)
		return oci_fail(err, OCI_E_LIMIT,
				"the names of its members have more than %d "
				"MiB",
				LOCALS_MAX >> 20);
	scan->budget -= fields;
	if (LOCAL_SIZE + fields > got) {
		header = malloc(LOCAL_SIZE + fields);
		if (!header)
			return oci_fail_nomem(err);
		if (!read_at(scan, header, LOCAL_SIZE + fields, offset))
			fields = 0;
	}
	if (fields)
		rc = edit_local(scan, offset, header, err);
	if (header != room)
		free(header);
	return rc;
}

/* Adds the edits of one entry of the directory, and of its member. */
static int edit_entry(struct scan *scan, const unsigned char *entry,
		      uint64_t at, size_t name, size_t extra,
		      struct oci_error *err)
{
	const unsigned char *fields = entry + ENTRY_SIZE + name;
	uint64_t offset;
	int rc = 0;

	if (entry[9] & UTF8)
		rc = oci_zip_edits_byte(scan->edits, at + 9,
					entry[9] & (unsigned char)~UTF8, err);
	if (!rc)
		rc = hide_paths(scan, fields, extra, at + ENTRY_SIZE + name,
				err);
	if (rc || !read_offset(&offset, scan, entry, fields, extra))
		return rc;
	return edit_member(scan, offset, err);
}

/* Bytes before the first entry are skipped, as in libarchive. */
static int read_directory(struct scan *scan, const unsigned char *directory,
			  struct oci_error *err)
{
	size_t size = (size_t)scan->directory_size;
	uint64_t at = scan->directory;
	int rc = 0;

	for (; size >= ENTRY_SIZE && !has_magic(directory, 1, 2); size--, at++)
		directory++;
	scan->correction = at - scan->offset;
	while (!rc && size >= ENTRY_SIZE && has_magic(directory, 1, 2)) {
		size_t name = (size_t)number(directory + 28, 2);
		size_t extra = (size_t)number(directory + 30, 2);
		size_t whole = ENTRY_SIZE + name + extra +
			       (size_t)number(directory + 32, 2);

		if (whole > size)
			break;
		rc = edit_entry(scan, directory, at, name, extra, err);
		directory += whole;
		size -= whole;
		at += whole;
	}
	return rc;
}

int oci_zip_edits_find(struct oci_zip_edits *out, int fd, uint64_t size,
		       struct oci_error *err)
{
	struct scan scan = {
		.edits = out,
		.fd = fd,
		.size = size,
		.budget = LOCALS_MAX,
	};
	unsigned char *directory;
	int rc = 0;

	*out = (struct oci_zip_edits){ 0 };
	if (!find_directory(&scan))
		return 0;
	directory = malloc((size_t)scan.directory_size);
	if (!directory)
		return oci_fail_nomem(err);
	if (read_at(&scan, directory, (size_t)scan.directory_size,
		    scan.directory))
		rc = read_directory(&scan, directory, err);
	free(directory);
	oci_zip_edits_sort(out);
	return rc;
}
