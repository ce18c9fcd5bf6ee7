/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/pax.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

#define RECORD "21 hdrcharset=BINARY\n"

enum {
	BLOCK = 512,
	HEADER_MAX = 1024 * 1024, /* libarchive's cap on extended headers */
	RECORD_SIZE = sizeof(RECORD) - 1,
	ROOM = 3 * BLOCK + HEADER_MAX,
};

/* Offsets and widths of the fields of a header. */
enum {
	SIZE = 124, SIZE_ROOM = 12,
	CHECKSUM = 148, CHECKSUM_ROOM = 8,
	TYPE = 156,
	MORE_SPARSE = 482, /* whether a sparse file goes on in the next block */
	MORE_SPARSE_AGAIN = 504,
};

struct pax {
	struct oci_source base;
	struct oci_source *from;
	unsigned char *data; /* ROOM bytes: blocks on their way */
	size_t size;	     /* of data */
	size_t done;	     /* of size */
	uint64_t body;	     /* bytes that pass as they are */
	uint64_t next_size;  /* of the next member, by its extended header */
	bool has_next_size;
	bool extended;	     /* the next member has an extended header */
	bool sparse;	     /* the next block goes on with a sparse file */
	bool blind;	     /* the rest passes as it is */
};

/* Reads until size bytes are there, or the source ends. */
static int read_all(size_t *got, struct pax *self, unsigned char *out,
		    size_t size, struct oci_error *err)
{
	size_t n = 1;
	int rc = 0;

	for (*got = 0; !rc && n && *got < size; *got += n) {
		n = 0;
		rc = oci_source_read(&n, self->from, out + *got, size - *got,
				     err);
	}
	return rc;
}

static bool read_number(uint64_t *out, const unsigned char *field, size_t room)
{
	size_t i = 0;

	*out = 0;
	if (field[0] == 0x80) {
		for (i = 1; i < room; i++) {
			if (*out >> 55)
				return false;
			*out = *out << 8 | field[i];
		}
		return true;
	}
	while (i < room && field[i] == ' ')
		i++;
	for (; i < room && field[i] >= '0' && field[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(field[i] - '0');
	return i == room || field[i] == ' ' || !field[i];
}

static unsigned checksum(const unsigned char *header)
{
	unsigned sum = CHECKSUM_ROOM * ' ';

	for (int i = 0; i < BLOCK; i++)
		if (i < CHECKSUM || i >= CHECKSUM + CHECKSUM_ROOM)
			sum += header[i];
	return sum;
}

static bool is_header(const unsigned char *block)
{
	uint64_t wanted;

	return read_number(&wanted, block + CHECKSUM, CHECKSUM_ROOM) &&
	       wanted == checksum(block);
}

static uint64_t padded(uint64_t size)
{
	return size + (BLOCK - size % BLOCK) % BLOCK;
}

/* Looks for the size of the member among the records "LENGTH KEY=VALUE\n". */
static bool read_records(struct pax *self, const char *text, size_t size)
{
	while (size) {
		char number[24] = "";
		size_t digits = 0, value;
		uint64_t length;

		while (digits < size && digits < sizeof(number) - 1 &&
		       text[digits] != ' ')
			digits++;
		memcpy(number, text, digits);
		if (!oci_number_parse(&length, number, 10, size) ||
		    length < digits + 3 || text[length - 1] != '\n')
			return false;
		value = digits + 1;
		if (length - value > 6 &&
		    memcmp(text + value, "size=", 5) == 0) {
			value += 5;
			if (length - value > sizeof(number))
				return false;
			memset(number, 0, sizeof(number));
			memcpy(number, text + value, length - value - 1);
			self->has_next_size = oci_number_parse(
				&self->next_size, number, 10, INT64_MAX);
			if (!self->has_next_size)
				return false;
		}
		text += length;
		size -= length;
	}
	return true;
}

/* An extended header with one record more: the size and the checksum change. */
static void add_record(struct pax *self, size_t size)
{
	unsigned char *header = self->data;
	char text[16];

	memcpy(header + BLOCK + size, RECORD, RECORD_SIZE);
	size += RECORD_SIZE;
	memset(header + BLOCK + size, 0, padded(size) - size);
	snprintf(text, sizeof(text), "%011llo", (unsigned long long)size);
	memcpy(header + SIZE, text, SIZE_ROOM);
	snprintf(text, sizeof(text), "%06o", checksum(header));
	memcpy(header + CHECKSUM, text, 7);
	header[CHECKSUM + 7] = ' ';
	self->size = BLOCK + (size_t)padded(size);
}

static int take_extended(struct pax *self, uint64_t size,
			 struct oci_error *err)
{
	size_t got;
	int rc;

	if (size > HEADER_MAX) {
		self->blind = true;
		return 0;
	}
	rc = read_all(&got, self, self->data + BLOCK, (size_t)padded(size),
		      err);
	if (rc)
		return rc;
	self->size += got;
	self->extended = true;
	if (got < padded(size) ||
	    !read_records(self, (char *)self->data + BLOCK, (size_t)size))
		self->blind = true;
	else
		add_record(self, (size_t)size);
	return 0;
}

/* What follows the header of a member. libarchive ignores the size of links,
 * devices and directories, and that of hard links unless the archive is surely
 * a pax archive; whether it is so without an extended header, it guesses. */
static void take_member(struct pax *self, uint64_t size)
{
	char type = (char)self->data[TYPE];

	if (self->has_next_size)
		size = self->next_size;
	if (type >= '2' && type <= '6')
		size = 0;
	if (type == '1' && size && !self->extended)
		self->blind = true;
	self->sparse = type == 'S' && self->data[MORE_SPARSE];
	self->body = padded(size);
	self->extended = self->has_next_size = false;
}

static int take_header(struct pax *self, struct oci_error *err)
{
	char type = (char)self->data[TYPE];
	uint64_t size;

	/* The zeros at the end are no header. */
	if (!is_header(self->data) ||
	    !read_number(&size, self->data + SIZE, SIZE_ROOM) ||
	    size > INT64_MAX - BLOCK) {
		self->blind = true;
		return 0;
	}
	if (type == 'x' || type == 'X')
		return take_extended(self, size, err);
	if (type == 'g' || type == 'K' || type == 'L' || type == 'V')
		self->body = padded(size);
	else
		take_member(self, size);
	return 0;
}

static int next_block(struct pax *self, struct oci_error *err)
{
	int rc = read_all(&self->size, self, self->data, BLOCK, err);

	self->done = 0;
	if (rc || self->size < BLOCK)
		return rc;
	if (!self->sparse)
		return take_header(self, err);
	self->sparse = self->data[MORE_SPARSE_AGAIN];
	return 0;
}

static int pax_read(size_t *got, struct oci_source *source, void *data,
		    size_t size, struct oci_error *err)
{
	struct pax *self = (struct pax *)source;
	size_t left = self->size - self->done;
	int rc = 0;

	if (!left && !self->blind && (self->sparse || !self->body)) {
		rc = next_block(self, err);
		left = self->size - self->done;
	}
	*got = rc ? 0 : left < size ? left : size;
	if (rc || left) {
		memcpy(data, self->data + self->done, *got);
		self->done += *got;
		return rc;
	}
	if (!self->blind && size > self->body)
		size = (size_t)self->body;
	if (!size)
		return 0;
	rc = oci_source_read(got, self->from, data, size, err);
	if (!self->blind && !rc)
		self->body = *got ? self->body - *got : 0;
	return rc;
}

static void pax_free(struct oci_source *source)
{
	struct pax *self = (struct pax *)source;

	free(self->data);
	free(self);
}

int oci_pax_open(struct oci_source **out, struct oci_source *from,
		 struct oci_error *err)
{
	static const struct oci_source_ops ops = { pax_read, NULL, pax_free };
	struct pax *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->from = from;
	self->data = malloc(ROOM);
	if (!self->data) {
		free(self);
		return oci_fail_nomem(err);
	}
	*out = &self->base;
	return 0;
}
