/* SPDX-License-Identifier: Apache-2.0 */
/* The compressor: two decoders give back the input. The first byte is the
 * level. */
#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "deflate/deflate.h"
#include "target.h"

enum { MOST = 1 << 20 };

static void check(int right)
{
	if (!right)
		abort();
}

static void inflate_twice(unsigned char *packed, size_t n, const uint8_t *data,
			  size_t size)
{
	static unsigned char out[MOST + 1];
	static struct libdeflate_decompressor *d;
	z_stream z = { .next_in = packed, .avail_in = (uInt)n,
		       .next_out = out, .avail_out = sizeof(out) };
	size_t used, made;

	check(inflateInit2(&z, -15) == Z_OK);
	check(inflate(&z, Z_FINISH) == Z_STREAM_END && !z.avail_in);
	check(z.total_out == size && memcmp(out, data, size) == 0);
	inflateEnd(&z);
	if (!d)
		d = libdeflate_alloc_decompressor();
	check(libdeflate_deflate_decompress_ex(d, packed, n, out, sizeof(out),
					       &used, &made) ==
	      LIBDEFLATE_SUCCESS);
	check(used == n && made == size && memcmp(out, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct oci_deflate *deflate[OCI_DEFLATE_LEVELS];
	static unsigned char packed[2 * MOST];
	size_t n;
	int level;

	if (!size || size > MOST)
		return 0;
	level = data[0] % OCI_DEFLATE_LEVELS;
	data++;
	size--;
	if (!deflate[level])
		deflate[level] = oci_deflate_new(level + 1);
	n = oci_deflate_compress(deflate[level], packed, data, size);
	check(n <= oci_deflate_bound(size));
	memcpy(packed + n, OCI_DEFLATE_END, OCI_DEFLATE_END_SIZE);
	inflate_twice(packed, n + OCI_DEFLATE_END_SIZE, data, size);
	return 0;
}
