/* SPDX-License-Identifier: Apache-2.0 */
/* A sorted list of edits of a file, applied to bytes as they are read. */
#include "layer/zip_edits.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"

static int add(struct oci_zip_edits *edits, const struct oci_zip_edit *edit,
	       struct oci_error *err)
{
	struct oci_zip_edit *items =
		oci_array_grow(edits->items, &edits->capacity, edits->count + 1,
			       sizeof(*items));

	if (!items)
		return oci_fail_nomem(err);
	edits->items = items;
	items[edits->count++] = *edit;
	return 0;
}

int oci_zip_edits_byte(struct oci_zip_edits *edits, uint64_t at,
		       unsigned char byte, struct oci_error *err)
{
	struct oci_zip_edit edit = { .at = at, .size = 1, .byte = byte };

	return add(edits, &edit, err);
}

int oci_zip_edits_bytes(struct oci_zip_edits *edits, uint64_t at,
			unsigned char *bytes, size_t size,
			struct oci_error *err)
{
	struct oci_zip_edit edit = { .at = at, .size = size, .bytes = bytes };
	int rc = add(edits, &edit, err);

	if (rc)
		free(bytes);
	return rc;
}

static int by_offset(const void *a, const void *b)
{
	const struct oci_zip_edit *left = a, *right = b;

	return (left->at > right->at) - (left->at < right->at);
}

void oci_zip_edits_sort(struct oci_zip_edits *edits)
{
	uint64_t end = 0;
	size_t kept = 0;

	if (edits->count)
		qsort(edits->items, edits->count, sizeof(*edits->items),
		      by_offset);
	for (size_t i = 0; i < edits->count; i++) {
		struct oci_zip_edit *edit = &edits->items[i];

		if (edit->at < end) {
			free(edit->bytes);
			continue;
		}
		end = edit->at + edit->size;
		edits->items[kept++] = *edit;
	}
	edits->count = kept;
}

/* Returns the first edit that ends after offset. */
static size_t first_edit(const struct oci_zip_edits *edits, uint64_t offset)
{
	size_t low = 0, high = edits->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct oci_zip_edit *edit = &edits->items[middle];

		if (edit->at + edit->size <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void oci_zip_edits_apply(const struct oci_zip_edits *edits, unsigned char *data,
			 uint64_t at, size_t size)
{
	for (size_t i = first_edit(edits, at); i < edits->count; i++) {
		const struct oci_zip_edit *edit = &edits->items[i];
		const unsigned char *bytes =
			edit->bytes ? edit->bytes : &edit->byte;
		size_t skip = edit->at < at ? (size_t)(at - edit->at) : 0;
		size_t to = edit->at < at ? 0 : (size_t)(edit->at - at);
		size_t n = edit->size - skip;

		if (edit->at >= at + size)
			break;
		memcpy(data + to, bytes + skip, n < size - to ? n : size - to);
	}
}

void oci_zip_edits_release(struct oci_zip_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++)
		free(edits->items[i].bytes);
	free(edits->items);
	*edits = (struct oci_zip_edits){ 0 };
}
