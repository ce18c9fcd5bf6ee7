/* SPDX-License-Identifier: Apache-2.0 */
/* DEFLATE: two decoders get back what was compressed, and the bytes are those
 * of the format. */
#include "helpers.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <zlib.h>

#include "deflate/huffman.h"
#include "deflate_inputs.h"

static unsigned char output[MOST];

static void check_zlib(size_t from, size_t size)
{
	z_stream z = { .next_in = packed, .avail_in = (uInt)from,
		       .next_out = output, .avail_out = MOST };

	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, size);
	assert_int_equal(z.avail_in, 0);
	assert_memory_equal(output, input, size);
	inflateEnd(&z);
}

static void check_libdeflate(size_t from, size_t size)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t used, made;

	assert_non_null(d);
	assert_int_equal(libdeflate_deflate_decompress_ex(
				 d, packed, from, output, MOST, &used, &made),
			 LIBDEFLATE_SUCCESS);
	assert_int_equal(used, from);
	assert_int_equal(made, size);
	assert_memory_equal(output, input, size);
	libdeflate_free_decompressor(d);
}

static size_t check(struct oci_deflate *d, size_t size)
{
	size_t bound = oci_deflate_bound(size);
	size_t n;

	assert_true(bound + OCI_DEFLATE_END_SIZE <= sizeof(packed));
	n = oci_deflate_compress(d, packed, input, size);
	assert_true(n <= bound);
	memcpy(packed + n, OCI_DEFLATE_END, OCI_DEFLATE_END_SIZE);
	n += OCI_DEFLATE_END_SIZE;
	check_zlib(n, size);
	check_libdeflate(n, size);
	return n;
}

static void test_round(void **state)
{
	static const size_t sizes[] = {
		0,   1,	  2,	3,    4,    11,	   12,	  13,	 14,
		15,  100, 257,	258,  259,  4095,  4108, 4109,	8200, 32768,
		32769, 65535, 65536, 65537, 300000, 307000, MOST,
	};

	(void)state;
	for (int level = 1; level <= OCI_DEFLATE_LEVELS; level++) {
		struct oci_deflate *d = oci_deflate_new(level);

		assert_non_null(d);
		for (int k = 0; k < KINDS; k++)
			for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes);
			     i++) {
				/* One level of each parser, for valgrind's
				 * sake. */
				if (sizes[i] > 70000 && level != 1 &&
				    level != 2 && level != 6)
					continue;
				kinds[k].fill(sizes[i], i + 1);
				check(d, sizes[i]);
			}
		oci_deflate_free(d);
	}
	assert_null(oci_deflate_new(0));
	assert_null(oci_deflate_new(OCI_DEFLATE_LEVELS + 1));
}

/* The input is in memory of its own size: a sanitizer or valgrind notices a
 * read behind it. */
static void test_ends(void **state)
{
	(void)state;
	for (int level = 1; level <= OCI_DEFLATE_LEVELS; level++) {
		struct oci_deflate *d = oci_deflate_new(level);

		for (size_t size = 1; size < 300; size++) {
			unsigned char *own = malloc(size);
			unsigned char *out = malloc(oci_deflate_bound(size));

			assert_non_null(own);
			assert_non_null(out);
			fill_two(size, size);
			memcpy(own, input, size);
			oci_deflate_compress(d, out, own, size);
			free(own);
			free(out);
		}
		oci_deflate_free(d);
	}
}

/* An input gives the same bytes after another input was compressed. */
static void test_independent(void **state)
{
	static unsigned char first[2 * MOST];

	(void)state;
	for (int level = 1; level <= OCI_DEFLATE_LEVELS; level++) {
		struct oci_deflate *d = oci_deflate_new(level);
		size_t size, again;

		fill_program(200000, 9);
		size = oci_deflate_compress(d, first, input, 200000);
		fill_matches(150000, 3);
		oci_deflate_compress(d, packed, input, 150000);
		fill_program(200000, 9);
		again = oci_deflate_compress(d, packed, input, 200000);
		assert_int_equal(size, again);
		assert_memory_equal(first, packed, size);
		oci_deflate_free(d);
	}
}

static void test_golden(void **state)
{
	(void)state;
	for (int level = 1; level <= OCI_DEFLATE_LEVELS; level++) {
		uint64_t got = golden_hash(level);

		if (got != golden[level])
			fail_msg("level %d: 0x%016" PRIx64, level, got);
	}
}

/* Every code is used up: Kraft's sum is 1, within the limit. */
static void test_lengths(void **state)
{
	uint32_t counts[OCI_ALPHABET_MAX];
	uint8_t lengths[OCI_ALPHABET_MAX];
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		unsigned n = 2 + next_random(&seed) % (OCI_ALPHABET_MAX - 1);
		unsigned longest = n < 100 ? 7 : 14, sum = 0;
		unsigned shift = next_random(&seed) % 24;

		for (unsigned i = 0; i < n; i++)
			counts[i] = (next_random(&seed) & 0xFFFFF) >>
				    next_random(&seed) % (shift + 1);
		oci_huffman_lengths(lengths, counts, n, longest);
		for (unsigned i = 0; i < n; i++) {
			assert_in_range(lengths[i], 0, longest);
			if (counts[i])
				assert_true(lengths[i]);
			if (lengths[i])
				sum += 1U << (longest - lengths[i]);
		}
		assert_int_equal(sum, 1U << longest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_independent),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
