/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compression in independent blocks, on several threads. Each block becomes a
 * gzip member or a zstd frame of its own; the bytes depend on the input, its
 * marks, the codec and the level, never on the number of threads.
 */
#ifndef IO_COMPRESS_H
#define IO_COMPRESS_H

#include <stddef.h>

#include <oci/stream.h>

/* The most input bytes of one block. Part of the output format. */
#define OCI_COMPRESS_BLOCK ((size_t)1 << 20)

#define OCI_CODEC_TEXT 256

struct oci_codec {
	const char *name;
	int level_min;
	int level_max;
	/* What tells one build of the library from another, whose bytes may
	 * differ. */
	void (*identify)(char out[OCI_CODEC_TEXT]);
	/* A state for one thread; NULL when memory ran out. */
	void *(*open)(int level);
	void (*close)(void *state);
	/* The most bytes that OCI_COMPRESS_BLOCK bytes become. */
	size_t (*bound)(void);
	/* The bytes written to out, or 0 when it failed. */
	size_t (*compress)(void *state, const void *in, size_t size, void *out,
			   size_t room);
};

extern const struct oci_codec oci_codec_gzip;
extern const struct oci_codec oci_codec_zstd;

/* jobs: threads; 0 is one a core. next is borrowed and not finished. */
int oci_compress_open(struct oci_sink **out, struct oci_sink *next,
		      const struct oci_codec *codec, int level, unsigned jobs,
		      struct oci_error *err);

#endif
