/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a cache record: the fingerprint of a packed layer, its digests
 * and sizes, and its compressed blocks, one per line. */
#ifndef SPEC_CACHE_RECORD_H
#define SPEC_CACHE_RECORD_H

#include <oci/layer.h>

#include "base/buf.h"
#include "io/blocks.h"
#include "store/cached_blob.h"

struct oci_cache_record {
	struct oci_digest fingerprint; /* empty: never a cache hit */
	struct oci_layer layer;
	struct oci_file_mark file; /* the blob's file in a layout */
	struct oci_blocks blocks;
};

/* Appends the record's text to out. */
int oci_cache_record_format(struct oci_buf *out,
			    const struct oci_cache_record *record,
			    struct oci_error *err);
/* Reads a record from text, which is changed. Returns false if text is not a
 * record. The caller releases *out in either case. */
bool oci_cache_record_parse(struct oci_cache_record *out, char *text);
void oci_cache_record_release(struct oci_cache_record *record);

#endif
