/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip members by libdeflate: mtime 0, OS 255, no name (RFC 1952). Releases
 * differ in blocks without a match: see docs/architecture.md.
 */
#include <libdeflate.h>

#include "io/compress.h"

static void *gzip_open(int level)
{
	return libdeflate_alloc_compressor(level);
}

static void gzip_close(void *state)
{
	libdeflate_free_compressor(state);
}

static size_t gzip_bound(void)
{
	return libdeflate_gzip_compress_bound(NULL, OCI_COMPRESS_BLOCK);
}

static size_t gzip_compress(void *state, const void *in, size_t size,
			    void *out, size_t room)
{
	return libdeflate_gzip_compress(state, in, size, out, room);
}

const struct oci_codec oci_codec_gzip = {
	"gzip", 1, 12, gzip_open, gzip_close, gzip_bound, gzip_compress,
};
