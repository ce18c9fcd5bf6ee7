/* SPDX-License-Identifier: Apache-2.0 */
/* Inflating gzip, zstd and what libarchive can: whole, cut and damaged. */
#include "helpers.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>
#include <zstd.h>

#include "io/inflate.h"
#include "layer/decompress.h"

static unsigned char text[3000];

static size_t gzip(unsigned char *out, size_t room, const void *data,
		   size_t size)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, 0), Z_OK);
	z.next_in = (unsigned char *)data;
	z.avail_in = (uInt)size;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	room = z.total_out;
	deflateEnd(&z);
	return room;
}

static size_t zstd(unsigned char *out, size_t room, const void *data,
		   size_t size)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(context, out, room, data, size);
	assert_false(ZSTD_isError(n));
	ZSTD_freeCCtx(context);
	return n;
}

/* Through libarchive's writer of raw files. */
static size_t other(int (*filter)(struct archive *), unsigned char *out,
		    size_t room, const void *data, size_t size)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
	assert_int_equal(filter(a), ARCHIVE_OK);
	archive_write_set_bytes_per_block(a, 0);
	assert_int_equal(archive_write_open_memory(a, out, room, &used),
			 ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, data, size), size);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(a);
	return used;
}

typedef int open_fn(struct oci_source **, struct oci_source *,
		    struct oci_error *);

/* Inflates with reads of step bytes; *size is what came out. */
static int inflate_with(open_fn *open_source, unsigned char *out, size_t room,
			size_t *size, const void *data, size_t data_size,
			size_t step, struct oci_error *err)
{
	struct oci_source *from, *source;
	size_t got = 1;
	int rc;

	*size = 0;
	check_done(oci_source_open_memory(&from, data, data_size, err), err,
		   "memory");
	rc = open_source(&source, from, err);
	while (!rc && got) {
		size_t n = room - *size < step ? room - *size : step;

		assert_true(n > 0);
		rc = oci_source_read(&got, source, out + *size, n, err);
		if (!rc)
			*size += got;
	}
	oci_source_free(source);
	oci_source_free(from);
	return rc;
}

static void check_text(open_fn *open_source, const void *data, size_t size,
		       size_t copies)
{
	static const size_t steps[] = { 1, 7, 4096 };
	static unsigned char out[65536];
	struct oci_error err;
	size_t n;

	for (int i = 0; i < 3; i++) {
		check_done(inflate_with(open_source, out, sizeof(out), &n, data,
					size, steps[i], &err), &err,
			   "inflate");
		assert_int_equal(n, copies * sizeof(text));
		for (size_t c = 0; c < copies; c++)
			assert_memory_equal(out + c * sizeof(text), text,
					    sizeof(text));
	}
}

static void test_members(void **state)
{
	unsigned char data[16384];
	size_t n = 0;

	(void)state;
	for (size_t copies = 1; copies < 4; copies++) {
		n += gzip(data + n, sizeof(data) - n, text, sizeof(text));
		check_text(oci_inflate_open, data, n, copies);
		n += gzip(data + n, sizeof(data) - n, "", 0);
		check_text(oci_inflate_open, data, n, copies);
	}
}

/* Members below, at and above what is inflated whole, in every order, and
 * bytes that do not shrink. */
static void test_large_members(void **state)
{
	enum { MIB = 1024 * 1024, MOST = 3 * MIB, ROOM = 20 * MIB };
	static const size_t sizes[] = { 10, MIB - 1, MIB, MIB + 1, MOST, 5,
					MIB, 0, 7 };
	unsigned char *plain = malloc(ROOM), *data = malloc(ROOM);
	unsigned char *out = malloc(ROOM);
	size_t plain_size = 0, size = 0, n;
	struct oci_error err;
	uint32_t random = 1;

	(void)state;
	assert_true(plain && data && out);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned char *member = plain + plain_size;

		for (size_t j = 0; j < sizes[i]; j++) {
			random = random * 1664525 + 1013904223;
			member[j] = i % 2 ? (unsigned char)(random >> 24) :
					    (unsigned char)(j / 100);
		}
		size += gzip(data + size, ROOM - size, member, sizes[i]);
		plain_size += sizes[i];
		check_done(inflate_with(oci_inflate_open, out, ROOM, &n, data,
					size, 65536, &err), &err, "inflate");
		assert_int_equal(n, plain_size);
		assert_memory_equal(out, plain, n);
	}
	assert_int_equal(inflate_with(oci_inflate_open, out, ROOM, &n, data,
				      size - 1, 65536, &err), OCI_E_CORRUPT);
	free(plain);
	free(data);
	free(out);
}

static void test_frames(void **state)
{
	static const unsigned char skip[] = {
		0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c',
	};
	unsigned char data[16384];
	size_t n = 0;

	(void)state;
	for (size_t copies = 1; copies < 4; copies++) {
		memcpy(data + n, skip, sizeof(skip));
		n += sizeof(skip);
		n += zstd(data + n, sizeof(data) - n, text, sizeof(text));
		check_text(oci_inflate_open, data, n, copies);
		memcpy(data + n, skip, sizeof(skip));
		n += sizeof(skip);
		check_text(oci_inflate_open, data, n, copies);
	}
}

static void test_plain(void **state)
{
	static const char *const cases[] = { "", "a", "\x1f", "\x1f\x8b",
					     "abc", "(\xb5/", "plain text" };
	struct oci_error err;
	unsigned char out[64];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_done(inflate_with(oci_inflate_open, out, sizeof(out), &n,
					cases[i], strlen(cases[i]), 3, &err),
			   &err, cases[i]);
		assert_int_equal(n, strlen(cases[i]));
		assert_memory_equal(out, cases[i], n);
		check_done(inflate_with(oci_decompress_open, out, sizeof(out),
					&n, cases[i], strlen(cases[i]), 3,
					&err), &err, cases[i]);
		assert_int_equal(n, strlen(cases[i]));
	}
	check_text(oci_inflate_open, text, sizeof(text), 1);
	check_text(oci_decompress_open, text, sizeof(text), 1);
}

/* Cut at every byte but the last; from where the format can be told. */
static void check_cut(open_fn *open_source, const unsigned char *data,
		      size_t size, size_t from, const char *what)
{
	static unsigned char out[65536];
	struct oci_error err;
	size_t n;

	for (size_t cut = from; cut < size; cut++) {
		int rc = inflate_with(open_source, out, sizeof(out), &n, data,
				      cut, 4096, &err);

		if (rc != OCI_E_CORRUPT)
			fail_msg("%s cut to %zu of %zu bytes: %s", what, cut,
				 size, oci_status_name(rc));
	}
}

/* A damaged stream fails or, at worst, gives the same bytes. */
static void check_flips(open_fn *open_source, unsigned char *data, size_t size,
			size_t copies, const char *what)
{
	static unsigned char out[65536];
	struct oci_error err;
	size_t n;

	for (size_t i = 4; i < size; i++) {
		int rc;

		data[i] ^= 0x10;
		rc = inflate_with(open_source, out, sizeof(out), &n, data,
				  size, 4096, &err);
		data[i] ^= 0x10;
		if (rc == OCI_E_CORRUPT)
			continue;
		if (rc || n != copies * sizeof(text) ||
		    memcmp(out, text, sizeof(text)) != 0)
			fail_msg("%s, byte %zu of %zu: %s, %zu bytes", what, i,
				 size, oci_status_name(rc), n);
	}
}

static void test_damage(void **state)
{
	unsigned char data[16384];
	size_t n;

	(void)state;
	n = gzip(data, sizeof(data), text, sizeof(text));
	check_cut(oci_inflate_open, data, n, 3, "gzip");
	check_flips(oci_inflate_open, data, n, 1, "gzip");
	n = zstd(data, sizeof(data), text, sizeof(text));
	check_cut(oci_inflate_open, data, n, 4, "zstd");
	check_flips(oci_inflate_open, data, n, 1, "zstd");
}

static void test_trailing(void **state)
{
	static const char *const tails[] = { "x", "\0\0\0\0\0\0\0\0\0\0\0\0",
					     "plain text behind it" };
	unsigned char data[16384], out[8192];
	struct oci_error err;
	size_t n, got;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t size = i == 1 ? 12 : strlen(tails[i]);

		n = gzip(data, sizeof(data), text, sizeof(text));
		memcpy(data + n, tails[i], size);
		check_failed(inflate_with(oci_inflate_open, out, sizeof(out),
					  &got, data, n + size, 4096, &err),
			     &err, OCI_E_CORRUPT, "gzip", "gzip tail");
		n = zstd(data, sizeof(data), text, sizeof(text));
		memcpy(data + n, tails[i], size);
		check_failed(inflate_with(oci_inflate_open, out, sizeof(out),
					  &got, data, n + size, 4096, &err),
			     &err, OCI_E_CORRUPT, "zstd", "zstd tail");
	}
}

static void test_others(void **state)
{
	static const struct {
		const char *name;
		int (*filter)(struct archive *);
		size_t head;	/* bytes that tell it */
		size_t spare;	/* bytes at the end that may be missing */
	} cases[] = {
		{ "bzip2", archive_write_add_filter_bzip2, 14, 0 },
		{ "xz", archive_write_add_filter_xz, 8, 0 },
		{ "lzip", archive_write_add_filter_lzip, 8, 0 },
		{ "lz4", archive_write_add_filter_lz4, 16, 0 },
	};
	unsigned char data[16384];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = other(cases[i].filter, data, sizeof(data), text,
				 sizeof(text));

		check_text(oci_decompress_open, data, n, 1);
		check_cut(oci_decompress_open, data, n - cases[i].spare,
			  cases[i].head, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_large_members),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_trailing),
		cmocka_unit_test(test_others),
	};

	fill_noise(text, sizeof(text), 4);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
