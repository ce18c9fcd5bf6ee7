/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompresses with libarchive's own code: bzip2, compress, lzip, lzma, xz and
 * lz4. (gzip and zstd: see io/inflate.h.) A stream that is compressed twice is
 * OCI_E_UNSUPPORTED.
 */
#ifndef LAYER_DECOMPRESS_H
#define LAYER_DECOMPRESS_H

#include <stdbool.h>

#include <oci/stream.h>

#include "base/watch.h"

/* from is borrowed; bytes that are not compressed are passed on. A truncated or
 * broken stream is OCI_E_CORRUPT. */
int oci_decompress_open(struct oci_source **out, struct oci_source *from,
			struct oci_error *err);
/* As oci_inflate_watch. */
void oci_decompress_watch(struct oci_source *decompress,
			  struct oci_watch *watch);
/* Returns whether the stream is compressed. */
bool oci_decompress_found(const struct oci_source *decompress);

#endif
