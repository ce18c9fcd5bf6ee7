/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restores names of extended attributes in an extended header. libarchive
 * encodes some bytes as '%' and two hexadecimal digits, which engines do not
 * decode; a layer must have the exact name.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/ustar.h"
#include "layer/pax_record.h"
#include "layer/xattr.h"

#define PREFIX "SCHILY.xattr."

enum { PREFIX_SIZE = sizeof(PREFIX) - 1, BLOCK = OCI_USTAR_BLOCK };

static bool is_plain(unsigned char byte)
{
	return byte > ' ' && byte <= '~' && byte != '%' && byte != '=';
}

bool oci_xattr_name_is_plain(const char *name)
{
	while (is_plain((unsigned char)*name))
		name++;
	return !*name;
}

bool oci_xattr_name_is_encoded(const char *text, size_t size, const char *name)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t at = 0;

	for (; *name; name++) {
		unsigned char byte = (unsigned char)*name;
		char code[] = { '%', digits[byte >> 4], digits[byte & 15] };
		const char *from = is_plain(byte) ? name : code;
		size_t n = is_plain(byte) ? 1 : sizeof(code);

		if (n > size - at || memcmp(text + at, from, n) != 0)
			return false;
		at += n;
	}
	return at == size;
}

/* Finds the attribute of a record whose name is encoded; or NULL. */
static const struct oci_xattr *find(const struct oci_pax_record *record,
				    const struct oci_xattr *list)
{
	if (record->key_size < PREFIX_SIZE ||
	    memcmp(record->key, PREFIX, PREFIX_SIZE) != 0)
		return NULL;
	while (list && (oci_xattr_name_is_plain(list->name) ||
			!oci_xattr_name_is_encoded(
				record->key + PREFIX_SIZE,
				record->key_size - PREFIX_SIZE, list->name)))
		list = list->next;
	return list;
}

static size_t count_digits(size_t number)
{
	size_t count = 1;

	while (number /= 10)
		count++;
	return count;
}

static int add_record(struct oci_buf *out, const struct oci_xattr *attr,
		      struct oci_error *err)
{
	size_t rest =
		strlen(" " PREFIX "=\n") + strlen(attr->name) + attr->size;
	size_t size = rest + count_digits(rest);
	int rc;

	/* The digits themselves may add one digit. */
	size = rest + count_digits(size);
	rc = oci_buf_format(out, err, "%zu " PREFIX "%s=", size, attr->name);
	if (!rc)
		rc = oci_buf_add(out, attr->value, attr->size, err);
	return rc ? rc : oci_buf_text(out, "\n", err);
}

static int copy_records(struct oci_buf *out, const char *text, size_t size,
			const struct oci_xattr *list, struct oci_error *err)
{
	struct oci_pax_record record;
	int rc = 0;

	for (; !rc && size && oci_pax_record_read(&record, text, size);
	     text += record.size, size -= record.size) {
		const struct oci_xattr *attr = find(&record, list);

		rc = attr ? add_record(out, attr, err)
			  : oci_buf_add(out, text, record.size, err);
	}
	if (!rc && size)
		rc = oci_fail(err, OCI_E_SYSTEM,
			      "libarchive wrote an extended header that cannot "
			      "be read");
	return rc;
}

int oci_xattr_restore(struct oci_buf *out, const struct oci_buf *header,
		      const struct oci_node *node, struct oci_error *err)
{
	static const char zeros[BLOCK];
	const unsigned char *data = (const unsigned char *)header->data;
	uint64_t size = 0;
	size_t end, body;
	int rc;

	if (header->len < BLOCK || data[OCI_USTAR_AT_TYPE] != 'x' ||
	    !oci_ustar_size(&size, data) || size > header->len - BLOCK ||
	    oci_ustar_padded(size) > header->len - BLOCK)
		return oci_fail(err, OCI_E_SYSTEM,
				"libarchive wrote no extended header");
	end = BLOCK + (size_t)oci_ustar_padded(size);
	rc = oci_buf_add(out, data, BLOCK, err);
	if (!rc)
		rc = copy_records(out, header->data + BLOCK, (size_t)size,
				  node->xattrs, err);
	if (rc)
		return rc;
	body = out->len - BLOCK;
	oci_ustar_set_size((unsigned char *)out->data, body);
	rc = oci_buf_add(out, zeros, (size_t)oci_ustar_padded(body) - body,
			 err);
	return rc ? rc
		  : oci_buf_add(out, header->data + end, header->len - end,
				err);
}
