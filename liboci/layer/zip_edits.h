/* SPDX-License-Identifier: Apache-2.0 */
/* Edits to the bytes of a zip file for libarchive: see layer/zip.h. */
#ifndef LAYER_ZIP_EDITS_H
#define LAYER_ZIP_EDITS_H

#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>

struct oci_zip_edit {
	uint64_t at; /* offset in the file */
	size_t size;
	unsigned char byte;   /* if size is 1 */
	unsigned char *bytes; /* owned; otherwise */
};

struct oci_zip_edits {
	struct oci_zip_edit *items; /* sorted, and without overlaps */
	size_t count;
	size_t capacity;
};

/* Finds the edits of the zip file of fd, which has size bytes; none if it is
 * not understood. The caller releases *out, also after a failure. Errors:
 * OCI_E_NOMEM, OCI_E_LIMIT, OCI_E_UNSUPPORTED. */
int oci_zip_edits_find(struct oci_zip_edits *out, int fd, uint64_t size,
		       struct oci_error *err);
/* Edits the size bytes of the file that start at offset at. */
void oci_zip_edits_apply(const struct oci_zip_edits *edits, unsigned char *data,
			 uint64_t at, size_t size);
/* Adds an edit of one byte. */
int oci_zip_edits_byte(struct oci_zip_edits *edits, uint64_t at,
		       unsigned char byte, struct oci_error *err);
/* Adds an edit of size bytes. Takes ownership of bytes, also on failure. */
int oci_zip_edits_bytes(struct oci_zip_edits *edits, uint64_t at,
			unsigned char *bytes, size_t size,
			struct oci_error *err);
/* Sorts the edits, and drops those that overlap an earlier one. */
void oci_zip_edits_sort(struct oci_zip_edits *edits);
void oci_zip_edits_release(struct oci_zip_edits *edits);

#endif
