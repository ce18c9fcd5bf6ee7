/* SPDX-License-Identifier: Apache-2.0 */
/* Compression in blocks: the bytes, the blocks, and failing. */
#include "helpers.h"

#include <libdeflate.h>

#include "io/compress.h"
#include "io/inflate.h"

static const struct oci_codec *const codecs[] = {
	&oci_codec_gzip, &oci_codec_zstd,
};

enum { CODECS = sizeof(codecs) / sizeof(codecs[0]) };

/* A part to write; with mark set, a record of that size starts before it. */
struct part {
	size_t size;
	uint64_t mark;
};

static int open_compress(struct oci_sink **out, struct oci_sink *next,
			 const struct oci_codec *codec, int level,
			 unsigned jobs, struct oci_error *err)
{
	const struct oci_compress_options options = {
		.codec = codec, .level = level, .jobs = jobs,
	};

	return oci_compress_open(out, next, &options, err);
}

static void squeeze(struct memory_sink *out, const struct oci_codec *codec,
		    unsigned jobs, const unsigned char *data,
		    const struct part *parts)
{
	struct oci_error err;
	struct oci_sink *sink;

	check_done(open_compress(&sink, &out->base, codec, 1, jobs, &err),
		   &err, codec->name);
	for (; parts->size || parts->mark; parts++) {
		if (parts->mark)
			check_done(oci_sink_mark(sink, parts->mark, &err),
				   &err, "mark");
		check_done(oci_sink_write(sink, data, parts->size, &err), &err,
			   "write");
		data += parts->size;
	}
	check_done(oci_sink_finish(sink, &err), &err, "finish");
	oci_sink_free(sink);
}

static void check_inflates(const struct memory_sink *packed,
			   const unsigned char *data, size_t size)
{
	struct memory_sink out = MEMORY_SINK;
	struct oci_source *from, *source;
	struct oci_error err;
	uint64_t copied;

	check_done(oci_source_open_memory(&from, packed->data, packed->size,
					  &err), &err, "memory");
	check_done(oci_inflate_open(&source, from, &err), &err, "inflate");
	assert_int_not_equal(oci_inflate_found(source), OCI_INFLATE_PLAIN);
	check_done(oci_source_copy(&copied, source, &out.base, &err), &err,
		   "copy");
	assert_int_equal(copied, size);
	if (size)
		assert_memory_equal(out.data, data, size);
	oci_source_free(source);
	oci_source_free(from);
	free(out.data);
}

/* One member is all there is. */
static void check_one_member(const struct memory_sink *packed, size_t size)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	unsigned char *out = malloc(size + 1);
	size_t used, made;

	assert_non_null(d);
	assert_non_null(out);
	assert_int_equal(libdeflate_gzip_decompress_ex(d, packed->data,
						       packed->size, out,
						       size + 1, &used, &made),
			 LIBDEFLATE_SUCCESS);
	assert_int_equal(used, packed->size);
	assert_int_equal(made, size);
	free(out);
	libdeflate_free_decompressor(d);
}

/* How many blocks there are: a zstd frame starts with its magic number, and a
 * block of gzip ends with an empty stored block. Noise has neither. */
static size_t count_blocks(const struct memory_sink *packed,
			   const struct oci_codec *codec)
{
	static const unsigned char gzip[] = { 0, 0, 0xff, 0xff };
	static const unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	bool is_gzip = codec == &oci_codec_gzip;
	size_t size = is_gzip ? sizeof(gzip) : sizeof(zstd);
	size_t count = 0;

	for (size_t i = 0; i + size <= packed->size; i++)
		count += memcmp(packed->data + i, is_gzip ? gzip : zstd,
				size) == 0;
	return count;
}

enum { BLOCK = 1 << 20, LARGE = BLOCK, PARTS = 5 };

/* A size near a sixteenth of BLOCK, as near to one of the codec's block. */
static size_t scale(uint64_t size, const struct oci_codec *codec)
{
	size_t part = BLOCK / 16, near = (size_t)(size + part / 2) / part;

	return near * (codec->block / 16) + (size_t)size - near * part;
}

/* Writes parts, of as many of the codec's blocks; *size is all of it. */
static void squeeze_scaled(struct memory_sink *out, size_t *size,
			   const struct oci_codec *codec, unsigned jobs,
			   const unsigned char *data, const struct part *parts)
{
	struct part scaled[PARTS + 1] = { { 0, 0 } };

	*size = 0;
	for (int i = 0; i < PARTS && (parts[i].size || parts[i].mark); i++) {
		scaled[i].size = scale(parts[i].size, codec);
		scaled[i].mark = scale(parts[i].mark, codec);
		*size += scaled[i].size;
	}
	squeeze(out, codec, jobs, data, scaled);
}

static void test_blocks(void **state)
{
	static const struct {
		struct part parts[PARTS];
		size_t blocks;
	} cases[] = {
		{ { { 0, 0 } }, 1 },
		{ { { 1, 0 } }, 1 },
		{ { { BLOCK - 1, 0 } }, 1 },
		{ { { BLOCK, 0 } }, 1 },
		{ { { BLOCK + 1, 0 } }, 2 },
		{ { { 3 * BLOCK, 0 } }, 3 },
		{ { { BLOCK, 0 }, { BLOCK, 0 } }, 2 },
		/* A mark cuts from three quarters on. */
		{ { { BLOCK / 4 * 3 - 1, 0 }, { 10, 1 } }, 1 },
		{ { { BLOCK / 4 * 3, 0 }, { 10, 1 } }, 2 },
		/* Or before a large record, from a sixteenth on. */
		{ { { BLOCK / 16 - 1, 0 }, { 10, LARGE } }, 1 },
		{ { { BLOCK / 16, 0 }, { 10, LARGE } }, 2 },
		{ { { BLOCK / 16, 0 }, { 10, LARGE - 1 } }, 1 },
		/* A mark at a block's end, and at the very start or end. */
		{ { { BLOCK, 0 }, { 10, LARGE } }, 2 },
		{ { { 0, LARGE }, { 10, 0 } }, 1 },
		{ { { BLOCK, 1 }, { 0, 1 } }, 1 },
		{ { { 7 * BLOCK, 0 }, { 2 * BLOCK, 5 }, { 5, 0 } }, 10 },
	};
	static unsigned char data[2 * 16 * BLOCK];
	static const unsigned jobs[] = { 1, 2, 7 };

	(void)state;
	fill_noise(data, sizeof(data), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size;

		for (int c = 0; c < CODECS; c++) {
			struct memory_sink out[3] = {
				MEMORY_SINK, MEMORY_SINK, MEMORY_SINK,
			};

			for (int j = 0; j < 3; j++)
				squeeze_scaled(&out[j], &size, codecs[c],
					       jobs[j], data, cases[i].parts);
			assert_int_equal(out[0].size, out[1].size);
			assert_int_equal(out[0].size, out[2].size);
			assert_memory_equal(out[0].data, out[1].data,
					    out[0].size);
			assert_memory_equal(out[0].data, out[2].data,
					    out[0].size);
			check_inflates(&out[0], data, size);
			if (codecs[c] == &oci_codec_gzip)
				check_one_member(&out[0], size);
			if (count_blocks(&out[0], codecs[c]) !=
			    cases[i].blocks)
				fail_msg("case %zu, %s: %zu blocks", i,
					 codecs[c]->name,
					 count_blocks(&out[0], codecs[c]));
			for (int j = 0; j < 3; j++)
				free(out[j].data);
		}
	}
}

static void test_header(void **state)
{
	static const unsigned char gzip[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0 };
	static const struct part none[] = { { 0, 0 } };
	struct memory_sink out = MEMORY_SINK;

	(void)state;
	squeeze(&out, &oci_codec_gzip, 1, NULL, none);
	assert_memory_equal(out.data, gzip, sizeof(gzip));
	assert_int_equal(out.data[9], 255);
	free(out.data);
}

static void test_levels(void **state)
{
	static const struct {
		const struct oci_codec *codec;
		int level;
		bool good;
	} cases[] = {
		{ &oci_codec_gzip, 0, false },	{ &oci_codec_gzip, 1, true },
		{ &oci_codec_gzip, 9, true },	{ &oci_codec_gzip, 10, false },
		{ &oci_codec_zstd, 0, false },	{ &oci_codec_zstd, 1, true },
		{ &oci_codec_zstd, 19, true },	{ &oci_codec_zstd, 20, false },
		{ &oci_codec_gzip, -1, false },
	};
	struct memory_sink out = MEMORY_SINK;
	struct oci_sink *sink;
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = open_compress(&sink, &out.base, cases[i].codec,
				       cases[i].level, 1, &err);

		if (cases[i].good)
			check_done(rc, &err, "level");
		else
			check_failed(rc, &err, OCI_E_INVALID, "level",
				     "level");
		oci_sink_free(sink);
	}
	check_failed(open_compress(&sink, &out.base, &oci_codec_gzip, 1,
				       1025, &err), &err, OCI_E_INVALID,
		     "jobs", "1025 jobs");
	check_failed(open_compress(&sink, &out.base, &oci_codec_gzip, 1,
				       UINT32_MAX, &err), &err, OCI_E_INVALID,
		     "jobs", "all jobs");
}

/* A sink that fails: the error comes back, stays, and nothing follows it. */
static void test_failing_sink(void **state)
{
	static unsigned char data[1 << 20];
	struct oci_error err;

	(void)state;
	fill_noise(data, sizeof(data), 2);
	for (size_t at = 1; at < 6u << 20; at += 700001) {
		struct memory_sink out = MEMORY_SINK;
		struct oci_sink *sink;
		int rc = 0;

		out.fail_at = at;
		check_done(open_compress(&sink, &out.base,
					     &oci_codec_gzip, 1, 3, &err),
			   &err, "open");
		for (int i = 0; !rc && i < 20; i++)
			rc = oci_sink_write(sink, data, sizeof(data), &err);
		if (!rc)
			rc = oci_sink_finish(sink, &err);
		check_failed(rc, &err, OCI_E_SYSTEM, NULL, "write");
		assert_int_equal(oci_sink_write(sink, data, 1, &err), rc);
		assert_int_equal(oci_sink_finish(sink, &err), rc);
		oci_sink_mark(sink, 1 << 30, &err);
		oci_sink_free(sink);
		assert_int_equal(out.calls_after, 0);
		free(out.data);
	}
}

/* Freed while the threads are at work. */
static void test_abort(void **state)
{
	static unsigned char data[6 << 20];
	struct oci_error err;

	(void)state;
	fill_noise(data, sizeof(data), 3);
	for (unsigned i = 0; i < 20; i++) {
		struct memory_sink out = MEMORY_SINK;
		struct oci_sink *sink;

		check_done(open_compress(&sink, &out.base, codecs[i % 2],
					     3, 1 + i % 4, &err), &err,
			   "open");
		check_done(oci_sink_write(sink, data, (i % 6 + 1) << 20, &err),
			   &err, "write");
		oci_sink_free(sink);
		free(out.data);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *text;
		int compression, level;	/* -1: bad */
	} cases[] = {
		{ "gzip", OCI_COMPRESSION_GZIP, 0 },
		{ "gzip:1", OCI_COMPRESSION_GZIP, 1 },
		{ "gzip:9", OCI_COMPRESSION_GZIP, 9 },
		{ "zstd:19", OCI_COMPRESSION_ZSTD, 19 },
		{ "none", OCI_COMPRESSION_NONE, 0 },
		{ "gzip:0", -1, 0 },
		{ "gzip:10", -1, 0 },
		{ "gzip:", -1, 0 },
		{ "gzip:12", -1, 0 },
		{ "zstd:20", -1, 0 },
		{ "none:1", -1, 0 },
		{ "", -1, 0 },
		{ "gz", -1, 0 },
		{ "GZIP", -1, 0 },
		{ "gzip:-1", -1, 0 },
		{ "gzip:1x", -1, 0 },
	};
	struct oci_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum oci_compression compression;
		int level, rc;

		rc = oci_compression_parse(&compression, &level,
					   cases[i].text, &err);
		if (cases[i].compression < 0) {
			check_failed(rc, &err, OCI_E_INVALID, "compression",
				     cases[i].text);
			assert_non_null(strstr(err.message,
					       " is not gzip[:1-9]"
					       ", zstd[:1-19] or none"));
			continue;
		}
		check_done(rc, &err, cases[i].text);
		assert_int_equal(compression, cases[i].compression);
		assert_int_equal(level, cases[i].level);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_failing_sink),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
