/* SPDX-License-Identifier: Apache-2.0 */
/* Cache records: a record that is parsed gives the same text again, and its
 * blocks fill the layer, except for its head and its end. */
#include <string.h>

#include "io/compress.h"
#include "spec/cache_record.h"
#include "target.h"

static void check(const struct oci_cache_record *record)
{
	uint64_t before = 0, written = record->blocks.start;

	for (size_t i = 0; i < record->blocks.count; i++) {
		const struct oci_block *b = &record->blocks.items[i];

		if (b->in.size > before || b->out.size > written ||
		    written - b->out.size >= OCI_DIGEST_BLOCK)
			abort();
		before += b->in_size;
		written += b->out_size;
	}
	if (record->blocks.count &&
	    (before != record->layer.tar_size || written > record->layer.size ||
	     record->layer.size - written > OCI_CODEC_EDGE))
		abort();
	if (!record->layer.digest.text[0] || !record->layer.diff_id.text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct oci_cache_record first, second;
	struct oci_buf written;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	oci_buf_init(&written, 1 << 24);
	if (oci_cache_record_parse(&first, text)) {
		check(&first);
		if (oci_cache_record_format(&written, &first, NULL) ||
		    !oci_cache_record_parse(&second, written.data))
			abort();
		check(&second);
		if (first.blocks.count != second.blocks.count)
			abort();
		oci_cache_record_release(&second);
	}
	oci_cache_record_release(&first);
	oci_buf_release(&written);
	free(text);
	return 0;
}
