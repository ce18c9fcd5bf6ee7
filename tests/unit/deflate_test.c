/* SPDX-License-Identifier: Apache-2.0 */
/* DEFLATE: two decoders get back what was compressed, and the bytes are those
 * of the format. */
#include "helpers.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "deflate/deflate.h"
#include "deflate/huffman.h"

enum { MOST = 1 << 20 };

static unsigned char input[MOST], packed[2 * MOST], output[MOST];

/* A generator of its own: inputs are the same with each release of libc. */
static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

typedef void fill_fn(size_t size, uint64_t seed);

static void fill_random(size_t size, uint64_t seed)
{
	for (size_t i = 0; i < size; i++)
		input[i] = (unsigned char)next_random(&seed);
}

static void fill_zeros(size_t size, uint64_t seed)
{
	memset(input, (int)seed, size);
}

/* Two symbols, one of them rare. */
static void fill_two(size_t size, uint64_t seed)
{
	for (size_t i = 0; i < size; i++)
		input[i] = next_random(&seed) % 100 ? 'a' : 'b';
}

/* Counts like Fibonacci numbers, which want codes of more than 15 bits. */
static void fill_fibonacci(size_t size, uint64_t seed)
{
	uint32_t a = 1, b = 1, left = 1;
	unsigned char symbol = 0;

	for (size_t i = 0; i < size; i++) {
		input[i] = symbol;
		if (--left)
			continue;
		left = b;
		b += a;
		a = left;
		symbol = (unsigned char)(symbol + 37);
	}
	for (size_t i = size; i-- > 1;) {
		size_t other = next_random(&seed) % (i + 1);
		unsigned char c = input[i];

		input[i] = input[other];
		input[other] = c;
	}
}

/* Copies of earlier bytes of every length at every distance. */
static void fill_matches(size_t size, uint64_t seed)
{
	for (size_t i = 0; i < size;) {
		size_t distance = 1 + next_random(&seed) % 33000;
		size_t length = 1 + next_random(&seed) % 300;

		if (distance > i || next_random(&seed) % 4 == 0) {
			input[i++] = (unsigned char)next_random(&seed);
			continue;
		}
		for (; length && i < size; length--, i++)
			input[i] = input[i - distance];
	}
}

/* A word again at exactly the longest distance, and one byte beyond. */
static void fill_window(size_t size, uint64_t seed)
{
	fill_random(size, seed);
	for (size_t i = 32768; i < size; i++)
		if (i % 70000 < 300)
			input[i] = input[i - 32768 - (i / 70000 % 2)];
}

/* Like a program: numbers that grow, some words, zeros. */
static void fill_program(size_t size, uint64_t seed)
{
	static const char *const words[] = {
		"function", "return", "int", "\0\0\0\0", "\x48\x8b\x05", "err",
	};

	for (size_t i = 0; i < size;) {
		const char *word = words[next_random(&seed) % 6];
		size_t n = *word ? strlen(word) : 4;

		for (size_t k = 0; k < n && i < size; k++)
			input[i++] = (unsigned char)word[k];
		for (int k = 0; k < 4 && i < size; k++, i++)
			input[i] = (unsigned char)(i >> (8 * k) ^
						   next_random(&seed) % 3);
	}
}

static const struct {
	const char *name;
	fill_fn *fill;
} kinds[] = {
	{ "random", fill_random }, { "zeros", fill_zeros },
	{ "two", fill_two },	   { "fibonacci", fill_fibonacci },
	{ "matches", fill_matches }, { "window", fill_window },
	{ "program", fill_program },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

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
				/* The highest levels are slow on runs. */
				if (sizes[i] > 70000 && level > 6 && k < 3)
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

/* What was compressed before leaves no trace. */
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

/* The bytes of each level are part of the output format: see "What is fixed" in
 * docs/architecture.md. */
static const char *const golden[OCI_DEFLATE_LEVELS + 1] = {
	"",
	"621ba8d6ed3c77fb",
	"889d0df0c231e217",
	"5811826b0705a21c",
	"5ae956a58ee3cc6b",
	"362bbfb57bb39092",
	"83d2a5b099e21976",
	"51814ebd968e34ec",
	"3667711ae88d75e4",
	"61383e245cb1f033",
};

static void test_golden(void **state)
{
	(void)state;
	for (int level = 1; level <= OCI_DEFLATE_LEVELS; level++) {
		struct oci_deflate *d = oci_deflate_new(level);
		EVP_MD_CTX *sha = EVP_MD_CTX_new();
		unsigned char digest[EVP_MAX_MD_SIZE];
		char text[17];

		assert_non_null(d);
		assert_true(EVP_DigestInit_ex(sha, EVP_sha256(), NULL));
		for (int k = 0; k < KINDS; k++) {
			size_t n;

			kinds[k].fill(250000, (uint64_t)k + 5);
			n = oci_deflate_compress(d, packed, input, 250000);
			assert_true(EVP_DigestUpdate(sha, packed, n));
		}
		assert_true(EVP_DigestFinal_ex(sha, digest, NULL));
		for (int i = 0; i < 8; i++)
			snprintf(text + 2 * i, 3, "%02x", digest[i]);
		if (strcmp(text, golden[level]) != 0)
			fail_msg("level %d: %s", level, text);
		EVP_MD_CTX_free(sha);
		oci_deflate_free(d);
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
