/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that inflates another one. gzip: RFC 1952, where a file is a series
 * of members; zstd: RFC 8878, a series of frames, including skippable ones.
 *
 * libdeflate inflates small members, such as those of this library, as a whole,
 * in a third of zlib's time. From the first larger member on, zlib is used.
 */
#include "io/inflate.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"

enum {
	IN_SIZE = 128 * 1024,
	WHOLE_SIZE = 1024 * 1024, /* most inflated bytes of a member */
	WHOLE_IN_SIZE = WHOLE_SIZE + 64 * 1024 /* if it grew */
};

struct inflate {
	struct oci_source base;
	struct oci_source *from;
	enum oci_inflate_kind kind;
	z_stream zlib;
	bool zlib_open;
	ZSTD_DCtx *zstd;
	bool within;		/* inside a member or frame */
	bool ended;		/* the input has ended */
	bool padded;		/* zeros may follow the last member */
	size_t in_used;		/* bytes of `in` that were used */
	size_t in_size;
	size_t in_room;
	unsigned char *in;
	struct libdeflate_decompressor *whole; /* NULL: zlib is used */
	unsigned char *out; /* the member that was inflated whole */
	size_t out_used;
	size_t out_size;
	struct oci_watch *watch;	/* of the caller; or own */
	struct oci_watch own;
	uint64_t taken; /* input bytes, not counted yet */
};

/* Reads more input when the buffer is used up. */
static int refill(struct inflate *self, struct oci_error *err)
{
	int rc;

	if (self->in_used < self->in_size || self->ended)
		return 0;
	self->in_used = 0;
	rc = oci_source_read(&self->in_size, self->from, self->in,
			     self->in_room, err);
	self->ended = !rc && self->in_size == 0;
	self->taken += rc ? 0 : self->in_size;
	return rc;
}

static int truncated(const char *format, struct oci_error *err)
{
	return oci_fail(err, OCI_E_CORRUPT, "%s stream is cut short", format);
}

static int plain_read(size_t *got, struct inflate *self, void *data,
		      size_t size, struct oci_error *err)
{
	int rc = refill(self, err);

	if (rc)
		return rc;
	*got = self->in_size - self->in_used;
	if (*got > size)
		*got = size;
	memcpy(data, self->in + self->in_used, *got);
	self->in_used += *got;
	return 0;
}

/* Skips zeros after a member. Sets *only if nothing else follows. */
static int skip_padding(bool *only, struct inflate *self, struct oci_error *err)
{
	int rc = 0;

	*only = false;
	if (!self->padded || self->within)
		return 0;
	do {
		while (self->in_used < self->in_size &&
		       !self->in[self->in_used])
			self->in_used++;
		if (self->in_used < self->in_size)
			return 0;
		rc = refill(self, err);
	} while (!rc && !self->ended);
	*only = !rc;
	return rc;
}

/* Runs zlib once over the buffered input. */
static int gzip_step(size_t *got, struct inflate *self, void *data,
		     size_t size, struct oci_error *err)
{
	z_stream *z = &self->zlib;
	int result;

	if (!self->within && inflateReset(z) != Z_OK)
		return oci_fail(err, OCI_E_SYSTEM, "zlib cannot start");
	self->within = true;
	z->next_in = self->in + self->in_used;
	z->avail_in = (uInt)(self->in_size - self->in_used);
	z->next_out = data;
	z->avail_out = size < 1u << 30 ? (uInt)size : 1u << 30;
	size = z->avail_out;
	result = inflate(z, Z_NO_FLUSH);
	self->in_used = self->in_size - z->avail_in;
	*got = size - z->avail_out;
	if (result == Z_STREAM_END)
		self->within = false;
	else if (result == Z_MEM_ERROR)
		return oci_fail_nomem(err);
	else if (result != Z_OK && result != Z_BUF_ERROR)
		return oci_fail(err, OCI_E_CORRUPT, "broken gzip stream: %s",
				z->msg ? z->msg : "bad data");
	return 0;
}

static void end_whole(struct inflate *self)
{
	libdeflate_free_decompressor(self->whole);
	self->whole = NULL;
}

/* Fills the input buffer. */
static int fill_whole(struct inflate *self, struct oci_error *err)
{
	size_t got = 1;
	int rc = 0;

	self->in_size -= self->in_used;
	memmove(self->in, self->in + self->in_used, self->in_size);
	self->in_used = 0;
	while (!rc && got && self->in_size < self->in_room) {
		rc = oci_source_read(&got, self->from,
				     self->in + self->in_size,
				     self->in_room - self->in_size, err);
		self->in_size += got;
		self->taken += got;
	}
	self->ended = !rc && self->in_size == 0;
	return rc;
}

/* Inflates the next member if it is small enough. Errors are left to zlib. */
static int gzip_whole(struct inflate *self, struct oci_error *err)
{
	int rc = fill_whole(self, err);

	if (rc || self->ended)
		return rc;
	if (libdeflate_gzip_decompress_ex(self->whole, self->in,
					  self->in_size, self->out,
					  WHOLE_SIZE, &self->in_used,
					  &self->out_size) !=
	    LIBDEFLATE_SUCCESS) {
		self->in_used = self->out_size = 0;
		end_whole(self);
	}
	self->out_used = 0;
	return 0;
}

/* Copies bytes of a member that was inflated whole. */
static size_t copy_whole(struct inflate *self, void *data, size_t size)
{
	if (size > self->out_size - self->out_used)
		size = self->out_size - self->out_used;
	if (!size)
		return 0;
	memcpy(data, self->out + self->out_used, size);
	self->out_used += size;
	return size;
}

static int zstd_step(size_t *got, struct inflate *self, void *data,
		     size_t size, struct oci_error *err)
{
	ZSTD_inBuffer in = { self->in, self->in_size, self->in_used };
	ZSTD_outBuffer out = { data, size, 0 };
	size_t left = ZSTD_decompressStream(self->zstd, &out, &in);

	if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
		return oci_fail_nomem(err);
	if (ZSTD_isError(left))
		return oci_fail(err, OCI_E_CORRUPT, "broken zstd stream: %s",
				ZSTD_getErrorName(left));
	self->in_used = in.pos;
	*got = out.pos;
	self->within = left != 0;
	return 0;
}

static int inflate_some(size_t *got, struct inflate *self, void *data,
			size_t size, struct oci_error *err)
{
	bool only = false;
	int rc = 0;

	while (!rc && *got == 0) {
		bool gzip = self->kind == OCI_INFLATE_GZIP;

		*got = copy_whole(self, data, size);
		if (*got)
			break;
		if (self->whole) {
			rc = gzip_whole(self, err);
			if (!rc && self->ended)
				break;
			continue;
		}
		rc = refill(self, err);
		if (rc)
			break;
		if (self->ended && !self->within)
			break;
		if (gzip)
			rc = skip_padding(&only, self, err);
		if (rc || only)
			break;
		rc = gzip ? gzip_step(got, self, data, size, err) :
			    zstd_step(got, self, data, size, err);
		if (!rc && self->ended && *got == 0 && self->within)
			return truncated(gzip ? "gzip" : "zstd", err);
	}
	return rc;
}

static int inflate_read(size_t *got, struct oci_source *source, void *data,
			size_t size, struct oci_error *err)
{
	struct inflate *self = (struct inflate *)source;
	uint64_t taken;
	int rc;

	if (self->kind == OCI_INFLATE_PLAIN) {
		rc = oci_watch_check(self->watch, err);
		return rc ? rc : plain_read(got, self, data, size, err);
	}
	rc = inflate_some(got, self, data, size, err);
	taken = self->taken;
	self->taken = 0;
	return rc ? rc : oci_watch_count(self->watch, taken, *got, err);
}

static void inflate_free(struct oci_source *source)
{
	struct inflate *self = (struct inflate *)source;

	if (self->zlib_open)
		inflateEnd(&self->zlib);
	ZSTD_freeDCtx(self->zstd);
	libdeflate_free_decompressor(self->whole);
	free(self->out);
	free(self->in);
	free(self);
}

/* Reads enough bytes to recognize the format. */
static int peek(struct inflate *self, struct oci_error *err)
{
	size_t got = 1;
	int rc = 0;

	while (!rc && got && self->in_size < 4) {
		rc = oci_source_read(&got, self->from,
				     self->in + self->in_size,
				     self->in_room - self->in_size, err);
		self->in_size += got;
		self->taken += got;
	}
	return rc;
}

static enum oci_inflate_kind find_kind(const unsigned char *p, size_t size)
{
	if (size >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return OCI_INFLATE_GZIP;
	if (size < 4)
		return OCI_INFLATE_PLAIN;
	if (p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd)
		return OCI_INFLATE_ZSTD;
	if ((p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d &&
	    p[3] == 0x18)
		return OCI_INFLATE_ZSTD;
	return OCI_INFLATE_PLAIN;
}

static int prepare_whole(struct inflate *self, struct oci_error *err)
{
	unsigned char *in = realloc(self->in, WHOLE_IN_SIZE);

	if (in) {
		self->in = in;
		self->in_room = WHOLE_IN_SIZE;
	}
	self->out = malloc(WHOLE_SIZE);
	self->whole = libdeflate_alloc_decompressor();
	return in && self->out && self->whole ? 0 : oci_fail_nomem(err);
}

static int prepare(struct inflate *self, struct oci_error *err)
{
	int rc;

	self->in_room = IN_SIZE;
	self->in = malloc(IN_SIZE);
	if (!self->in)
		return oci_fail_nomem(err);
	rc = peek(self, err);
	if (rc)
		return rc;
	self->kind = find_kind(self->in, self->in_size);
	if (self->kind == OCI_INFLATE_GZIP) {
		/* 16 + 15: gzip wrapper, the largest window. */
		self->zlib_open = inflateInit2(&self->zlib, 31) == Z_OK;
		return self->zlib_open ? prepare_whole(self, err) :
					 oci_fail_nomem(err);
	}
	if (self->kind == OCI_INFLATE_ZSTD) {
		self->zstd = ZSTD_createDCtx();
		return self->zstd ? 0 : oci_fail_nomem(err);
	}
	return 0;
}

int oci_inflate_open(struct oci_source **out, struct oci_source *from,
		     struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		inflate_read, NULL, inflate_free,
	};
	struct inflate *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->from = from;
	self->watch = &self->own;
	rc = prepare(self, err);
	if (rc)
		inflate_free(&self->base);
	else
		*out = &self->base;
	return rc;
}

void oci_inflate_watch(struct oci_source *inflate, struct oci_watch *watch)
{
	struct inflate *self = (struct inflate *)inflate;

	self->watch = watch ? watch : &self->own;
}

void oci_inflate_padded(struct oci_source *inflate)
{
	((struct inflate *)inflate)->padded = true;
}

enum oci_inflate_kind oci_inflate_found(const struct oci_source *inflate)
{
	return ((const struct inflate *)inflate)->kind;
}
