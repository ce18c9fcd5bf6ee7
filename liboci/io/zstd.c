/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zstd frames (RFC 8878) with the content size in the header. The bytes of a
 * level may differ between releases of libzstd.
 */
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#include "io/compress.h"

/* The window of level 3. */
#define BLOCK ((size_t)2 << 20)

struct state {
	ZSTD_CCtx *context;
	int level;
};

static void zstd_identify(char out[OCI_CODEC_TEXT])
{
	snprintf(out, OCI_CODEC_TEXT, "zstd %u", ZSTD_versionNumber());
}

static void zstd_close(void *state)
{
	struct state *self = state;

	if (!self)
		return;
	ZSTD_freeCCtx(self->context);
	free(self);
}

static void *zstd_open(int level)
{
	struct state *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->level = level;
	self->context = ZSTD_createCCtx();
	if (self->context)
		return self;
	zstd_close(self);
	return NULL;
}

static size_t zstd_bound(void)
{
	return ZSTD_compressBound(BLOCK);
}

static size_t zstd_compress(void *state, const void *in, size_t size,
			    void *out, size_t room)
{
	struct state *self = state;
	size_t n = ZSTD_compressCCtx(self->context, out, room, in, size,
				     self->level);

	return ZSTD_isError(n) ? 0 : n;
}

const struct oci_codec oci_codec_zstd = {
	.name = "zstd",
	.level_min = 1,
	.level_max = 19,
	.block = BLOCK,
	.identify = zstd_identify,
	.head = "",
	.open = zstd_open,
	.close = zstd_close,
	.bound = zstd_bound,
	.compress = zstd_compress,
};
