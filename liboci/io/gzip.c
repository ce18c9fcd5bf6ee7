/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip members by libdeflate: mtime 0, OS 255, no name (RFC 1952). Releases
 * differ in blocks without a match: see docs/architecture.md.
 */
#define _GNU_SOURCE	/* dladdr */
#include <dlfcn.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "io/compress.h"

#define BLOCK ((size_t)1 << 20)

/* libdeflate cannot be asked for its version, so the file that it was loaded
 * from identifies it. */
static void gzip_identify(char out[OCI_CODEC_TEXT])
{
	Dl_info info = {0};
	struct stat st = {0};

	if (dladdr((void *)(uintptr_t)libdeflate_alloc_compressor, &info) &&
	    info.dli_fname)
		stat(info.dli_fname, &st);
	snprintf(out, OCI_CODEC_TEXT, "libdeflate %s %llu %lld.%ld",
		 LIBDEFLATE_VERSION_STRING, (unsigned long long)st.st_size,
		 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

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
	return libdeflate_gzip_compress_bound(NULL, BLOCK);
}

static size_t gzip_compress(void *state, const void *in, size_t size,
			    void *out, size_t room)
{
	return libdeflate_gzip_compress(state, in, size, out, room);
}

const struct oci_codec oci_codec_gzip = {
	"gzip", 1, 12, BLOCK, gzip_identify, gzip_open, gzip_close, gzip_bound,
	gzip_compress,
};
