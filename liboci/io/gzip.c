/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One gzip member (RFC 1952) for all blocks: no name, no time, unknown system.
 * A block's DEFLATE data ends on a byte boundary and does not refer to blocks
 * before it.
 */
#include <libdeflate.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "deflate/deflate.h"
#include "deflate/load.h"
#include "io/compress.h"

#define BLOCK ((size_t)1 << 20)

/* The magic number, "deflate", no flags, a time of 0 in 4 bytes, no hint on the
 * level, and 255 for an unknown system. */
#define HEAD "\x1f\x8b\x08\0\0\0\0\0\0\xff"

static void gzip_identify(char out[OCI_CODEC_TEXT])
{
	snprintf(out, OCI_CODEC_TEXT, "%s", OCI_DEFLATE_FORMAT);
}

static void *gzip_open(int level)
{
	return oci_deflate_new(level);
}

static void gzip_close(void *state)
{
	oci_deflate_free(state);
}

static size_t gzip_bound(void)
{
	return oci_deflate_bound(BLOCK);
}

static size_t gzip_compress(void *state, const void *in, size_t size,
			    void *out, size_t room)
{
	(void)room;
	return oci_deflate_compress(state, out, in, size);
}

static uint32_t gzip_sum(const void *in, size_t size)
{
	return libdeflate_crc32(0, in, size);
}

static uint32_t gzip_join(uint32_t sum, uint32_t next, uint64_t size)
{
	return (uint32_t)crc32_combine(sum, next, (z_off_t)size);
}

/* The end of the DEFLATE stream, the CRC-32, and the size modulo 2^32. */
static size_t gzip_end(char out[OCI_CODEC_EDGE], uint32_t sum, uint64_t size)
{
	memcpy(out, OCI_DEFLATE_END, OCI_DEFLATE_END_SIZE);
	oci_store64((uint8_t *)out + OCI_DEFLATE_END_SIZE, sum | size << 32);
	return OCI_DEFLATE_END_SIZE + 8;
}

const struct oci_codec oci_codec_gzip = {
	.name = "gzip",
	.level_min = 1,
	.level_max = OCI_DEFLATE_LEVELS,
	.block = BLOCK,
	.identify = gzip_identify,
	.head = HEAD,
	.head_size = sizeof(HEAD) - 1,
	.end = gzip_end,
	.sum = gzip_sum,
	.join = gzip_join,
	.open = gzip_open,
	.close = gzip_close,
	.bound = gzip_bound,
	.compress = gzip_compress,
};
