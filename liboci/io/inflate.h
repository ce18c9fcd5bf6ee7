/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads compressed streams. gzip (any number of members), zstd (any number of
 * frames) and plain bytes are recognized by their first bytes.
 */
#ifndef IO_INFLATE_H
#define IO_INFLATE_H

#include <oci/stream.h>

#include "base/watch.h"

enum oci_inflate_kind {
	OCI_INFLATE_PLAIN,
	OCI_INFLATE_GZIP,
	OCI_INFLATE_ZSTD
};

/* from is borrowed. A truncated or broken stream is OCI_E_CORRUPT. */
int oci_inflate_open(struct oci_source **out, struct oci_source *from,
		     struct oci_error *err);
/* Makes watch count the stream's bytes and cancel it. Without a watch, the
 * default limits apply to the stream alone. watch (may be NULL) is borrowed. */
void oci_inflate_watch(struct oci_source *inflate, struct oci_watch *watch);
/* Accepts zeros after the last member of a gzip stream, as gzip(1) does: tapes
 * and block devices pad with them. Engines refuse a layer with them. */
void oci_inflate_padded(struct oci_source *inflate);
/* The compression of the stream, known after the first read. */
enum oci_inflate_kind oci_inflate_found(const struct oci_source *inflate);

#endif
