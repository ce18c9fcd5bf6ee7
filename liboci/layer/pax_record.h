/* SPDX-License-Identifier: Apache-2.0 */
/* A record of an extended header: POSIX.1-2008, pax, "pax Extended Header". */
#ifndef LAYER_PAX_RECORD_H
#define LAYER_PAX_RECORD_H

#include <stdbool.h>
#include <stddef.h>

/* "LENGTH KEY=VALUE\n"; the pointers are into the header. */
struct oci_pax_record {
	const char *key;
	size_t key_size;
	const char *value;
	size_t value_size;
	size_t size; /* of the whole record */
};

/* Reads the record at the start of the size bytes at text. Returns false if it
 * is malformed; libarchive reports it, and reads no records after it. */
bool oci_pax_record_read(struct oci_pax_record *out, const char *text,
			 size_t size);
bool oci_pax_record_is(const struct oci_pax_record *record, const char *key);

#endif
