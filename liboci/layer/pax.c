/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/pax.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "io/ustar.h"
#include "layer/pax_record.h"

#define RECORD "21 hdrcharset=BINARY\n"

enum {
	BLOCK = OCI_USTAR_BLOCK,
	HEADER_MAX = OCI_USTAR_RECORDS_MAX,
	RECORD_SIZE = sizeof(RECORD) - 1,
	ROOM = 3 * BLOCK + HEADER_MAX,
};

/* Offsets of fields in a header. */
enum {
	TYPE = OCI_USTAR_AT_TYPE,
	MAGIC = OCI_USTAR_AT_MAGIC,
	MORE_SPARSE = 482, /* another block of sparse data follows */
	MORE_SPARSE_AGAIN = 504,
};

struct pax {
	struct oci_source base;
	struct oci_source *from;
	unsigned char *data; /* ROOM bytes: blocks that were read */
	size_t size;	     /* bytes in data */
	size_t done;	     /* bytes of data that were returned */
	uint64_t body;	     /* bytes that are passed on unchanged */
	uint64_t next_size;  /* of the next member, from its extended header */
	bool has_next_size;
	bool sparse;   /* a block of sparse data follows */
	bool extended; /* the next member has an extended header */
	bool blind;    /* after the end: the rest is passed on
			* unchanged */
	bool layer;    /* global headers are ignored */
};

/* Reads size bytes, or fewer if the source ends. */
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

/* Reads the member's size, which replaces the one in its header. */
static int read_size(struct pax *self, const struct oci_pax_record *record,
		     struct oci_error *err)
{
	char number[24] = "";

	if (record->value_size < sizeof(number))
		memcpy(number, record->value, record->value_size);
	self->has_next_size = oci_number_parse(&self->next_size, number, 10,
					       INT64_MAX - BLOCK);
	if (self->has_next_size)
		return 0;
	return oci_fail(err, OCI_E_CORRUPT,
			"corrupt: the extended header of a member has a size "
			"that is not a number");
}

/* Reads a member's records. Sets *named if one of them has a name. */
static int read_records(bool *named, struct pax *self, const char *text,
			size_t size, struct oci_error *err)
{
	struct oci_pax_record record;
	int rc = 0;

	*named = false;
	for (; !rc && size && oci_pax_record_read(&record, text, size);
	     text += record.size, size -= record.size) {
		if (oci_pax_record_is(&record, "size"))
			rc = read_size(self, &record, err);
		*named = *named || oci_pax_record_is(&record, "path") ||
			 oci_pax_record_is(&record, "linkpath") ||
			 oci_pax_record_is(&record, "GNU.sparse.name");
	}
	/* libarchive ignores the names of a malformed header. */
	*named = *named && !size;
	return rc;
}

/* Appends a record to the extended header, and updates size and checksum. */
static void add_record(struct pax *self, size_t size)
{
	unsigned char *body = self->data + BLOCK;

	memcpy(body + size, RECORD, RECORD_SIZE);
	size += RECORD_SIZE;
	memset(body + size, 0, (size_t)oci_ustar_padded(size) - size);
	oci_ustar_set_size(self->data, size);
	self->size = BLOCK + (size_t)oci_ustar_padded(size);
}

static int read_extended(struct pax *self, uint64_t size, struct oci_error *err)
{
	bool named;
	size_t got;
	int rc;

	/* libarchive uses the first of two, other readers the second. */
	if (self->extended)
		return oci_fail(err, OCI_E_CORRUPT,
				"corrupt: a member has two extended headers");
	if (size > HEADER_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"the extended header of a member has more "
				"than %d bytes",
				HEADER_MAX);
	rc = read_all(&got, self, self->data + BLOCK,
		      (size_t)oci_ustar_padded(size), err);
	if (rc)
		return rc;
	self->size += got;
	self->extended = true;
	self->has_next_size = false;
	/* It is cut short; libarchive reports that. */
	if (got < oci_ustar_padded(size))
		return 0;
	rc = read_records(&named, self, (char *)self->data + BLOCK,
			  (size_t)size, err);
	if (rc || !named)
		return rc;
	if (size > HEADER_MAX - RECORD_SIZE)
		return oci_fail(err, OCI_E_LIMIT,
				"the extended header of a member, which has "
				"its name, has more than %d bytes",
				HEADER_MAX - RECORD_SIZE);
	add_record(self, (size_t)size);
	return 0;
}

static bool is_comment(const char *key, size_t size)
{
	return (size == 7 && memcmp(key, "comment", 7) == 0) ||
	       (size > 1 && isupper((unsigned char)*key));
}

/* Checks a global header, which applies to all following members. git archive
 * puts a comment there; keys in capital letters belong to vendors. */
static int read_global(struct pax *self, uint64_t size, struct oci_error *err)
{
	const char *text = (const char *)self->data + BLOCK;
	size_t got;
	int rc;

	self->body = oci_ustar_padded(size);
	if (self->layer || size > HEADER_MAX)
		return 0;
	self->body = 0;
	rc = read_all(&got, self, self->data + BLOCK,
		      (size_t)oci_ustar_padded(size), err);
	self->size += got;
	for (size_t left = got < size ? got : (size_t)size; !rc && left;) {
		const char *line = memchr(text, '\n', left);
		size_t length = line ? (size_t)(line - text) + 1 : left;
		const char *key = memchr(text, ' ', length);
		const char *end = key ? memchr(key, '=', length -
					       (size_t)(key - text)) : NULL;

		if (end && !is_comment(key + 1, (size_t)(end - key - 1)))
			rc = oci_fail(err, OCI_E_UNSUPPORTED,
				      "its global header sets '%.*s' of all "
				      "members: pack the archive again without "
				      "it", (int)(end - key - 1 > 40 ? 40 :
						  end - key - 1), key + 1);
		text += length;
		left -= length;
	}
	return rc;
}

/* Returns whether members have bytes: not links, directories and devices. */
static bool has_body(char type)
{
	return type < '1' || type > '6';
}

static bool is_sparse(const unsigned char *header)
{
	return header[TYPE] == 'S' && memcmp(header + MAGIC, "ustar ", 6) == 0;
}

/* Sets the number of bytes after the header of a member. */
static int read_member(struct pax *self, uint64_t size, struct oci_error *err)
{
	if (self->has_next_size)
		size = self->next_size;
	if (!has_body((char)self->data[TYPE])) {
		if (self->has_next_size && size)
			return oci_fail(err, OCI_E_CORRUPT,
					"corrupt: the extended header of a "
					"link, directory or device has a size");
		if (size)
			oci_ustar_set_size(self->data, 0);
		size = 0;
	}
	self->sparse = is_sparse(self->data) && self->data[MORE_SPARSE];
	self->body = oci_ustar_padded(size);
	self->has_next_size = self->extended = false;
	return 0;
}

static int read_header(struct pax *self, struct oci_error *err)
{
	char type = (char)self->data[TYPE];
	uint64_t size;

	/* A block of zeros marks the end. libarchive reports other blocks that
	 * are not headers. */
	if (!oci_ustar_is_header(self->data)) {
		self->blind = true;
		return 0;
	}
	if (!oci_ustar_size(&size, self->data) || size > INT64_MAX - BLOCK)
		return oci_fail(err, OCI_E_CORRUPT,
				"corrupt: the header of a member has a size "
				"that is not a number");
	if (type == 'x' || type == 'X')
		return read_extended(self, size, err);
	if (type == 'g')
		return read_global(self, size, err);
	if (type != 'K' && type != 'L' && type != 'V' && type != 'A')
		return read_member(self, size, err);
	/* libarchive expects no bytes after a volume's header. */
	self->body = type == 'V' ? 0 : oci_ustar_padded(size);
	return 0;
}

static int next_block(struct pax *self, struct oci_error *err)
{
	int rc = read_all(&self->size, self, self->data, BLOCK, err);

	self->done = 0;
	if (rc || self->size < BLOCK)
		return rc;
	if (!self->sparse)
		return read_header(self, err);
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

int oci_pax_open(struct oci_source **out, struct oci_source *from, bool layer,
		 struct oci_error *err)
{
	static const struct oci_source_ops ops = { pax_read, NULL, pax_free };
	struct pax *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->from = from;
	self->layer = layer;
	self->data = malloc(ROOM);
	if (!self->data) {
		free(self);
		return oci_fail_nomem(err);
	}
	*out = &self->base;
	return 0;
}
