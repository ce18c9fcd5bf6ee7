/* SPDX-License-Identifier: Apache-2.0 */
/* Reads records of extended headers as strictly as libarchive. */
#include "layer/pax_record.h"

#include <ctype.h>
#include <string.h>

enum { RECORD_MAX = 999999 }; /* libarchive's limit */

bool oci_pax_record_read(struct oci_pax_record *out, const char *text,
			 size_t size)
{
	size_t digits = 0, length = 0;
	const char *end;

	for (; digits < size && isdigit((unsigned char)text[digits]);
	     digits++) {
		length = length * 10 + (size_t)(text[digits] - '0');
		if (length > RECORD_MAX)
			return false;
	}
	if (length > size || length < digits + 3 || text[digits] != ' ' ||
	    text[length - 1] != '\n')
		return false;
	out->size = length;
	out->key = text + digits + 1;
	end = memchr(out->key, '=', out->size - digits - 2);
	if (!end || end == out->key ||
	    memchr(out->key, '\0', (size_t)(end - out->key)))
		return false;
	out->key_size = (size_t)(end - out->key);
	out->value = end + 1;
	out->value_size = (size_t)(text + length - 1 - out->value);
	return true;
}

bool oci_pax_record_is(const struct oci_pax_record *record, const char *key)
{
	return record->key_size == strlen(key) &&
	       memcmp(record->key, key, record->key_size) == 0;
}
