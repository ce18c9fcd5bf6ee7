/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs for the compressor, and a hash of what each level makes of them. It
 * needs no library, so that it can run on every architecture. */
#ifndef UNIT_DEFLATE_INPUTS_H
#define UNIT_DEFLATE_INPUTS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deflate/deflate.h"

enum { MOST = 1 << 20 };

static unsigned char input[MOST], packed[2 * MOST];

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

/* The bytes of each level are part of the output format: see "What is fixed" in
 * docs/architecture.md. */
static const uint64_t golden[OCI_DEFLATE_LEVELS + 1] = {
	0,
	0xa326c0c5bd9a28a5,
	0x71a4807b1aab6d8d,
	0xc727fcf08f28172b,
	0x59cfe9375f66f5e9,
	0xe9ca403975c9d5c0,
	0xbbd9ba3f3f04d00d,
	0x1017480c122499da,
	0xd76df4b174742eac,
	0x713a373b2fc34680,
};

/* FNV-1a of the compressed inputs; 0 if memory ran out. */
static uint64_t golden_hash(int level)
{
	struct oci_deflate *d = oci_deflate_new(level);
	uint64_t hash = 0xcbf29ce484222325U;

	if (!d)
		return 0;
	for (int k = 0; k < KINDS; k++) {
		size_t n;

		kinds[k].fill(250000, (uint64_t)k + 5);
		n = oci_deflate_compress(d, packed, input, 250000);
		for (size_t i = 0; i < n; i++)
			hash = (hash ^ packed[i]) * 0x100000001b3U;
	}
	oci_deflate_free(d);
	return hash;
}

#endif
