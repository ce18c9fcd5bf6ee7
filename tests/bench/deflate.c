/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our compressor beside libdeflate, on one core, in blocks of 1 MiB.
 *
 *   deflate FILE ROUNDS
 *
 * Prints a line for each level: the level, our time and our bytes divided by
 * libdeflate's of that level, and our MB/s. Both compress a block in turn,
 * ROUNDS times; the fastest of each counts, so that other work of the machine
 * is left out as far as possible.
 */
#include <err.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "deflate/deflate.h"

#define BLOCK ((size_t)1 << 20)

struct sums {
	double ours, theirs;		/* seconds */
	double our_bytes, their_bytes, bytes;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void lower(double *least, double start)
{
	double took = now() - start;

	if (took < *least)
		*least = took;
}

static void add_block(struct sums *s, struct oci_deflate *d,
		      struct libdeflate_compressor *c, const void *in,
		      size_t size, int rounds)
{
	static unsigned char out[2 * BLOCK];
	double ours = 1e9, theirs = 1e9, start;
	size_t our_bytes = 0, their_bytes = 0;

	for (int i = 0; i < rounds; i++) {
		start = now();
		their_bytes = libdeflate_deflate_compress(c, in, size, out,
							  sizeof(out));
		lower(&theirs, start);
		start = now();
		our_bytes = oci_deflate_compress(d, out, in, size);
		lower(&ours, start);
	}
	s->ours += ours;
	s->theirs += theirs;
	s->our_bytes += (double)our_bytes;
	s->their_bytes += (double)their_bytes;
	s->bytes += (double)size;
}

static void compare(FILE *file, int level, int rounds)
{
	static unsigned char in[BLOCK];
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
	struct oci_deflate *d = oci_deflate_new(level);
	struct sums s = {0};
	size_t size;

	if (!c || !d)
		errx(1, "out of memory");
	rewind(file);
	while ((size = fread(in, 1, sizeof(in), file)) > 0)
		add_block(&s, d, c, in, size, rounds);
	printf("%d %.3f %.4f %.0f\n", level, s.ours / s.theirs,
	       s.our_bytes / s.their_bytes, s.bytes / s.ours / 1e6);
	fflush(stdout);
	libdeflate_free_compressor(c);
	oci_deflate_free(d);
}

int main(int argc, char **argv)
{
	static const int levels[] = { 1, 2, 6, 9 };
	FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
	int rounds = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;

	if (!file || rounds < 1)
		errx(2, "usage: deflate FILE ROUNDS");
	for (int i = 0; i < 4; i++)
		compare(file, levels[i], levels[i] < 9 ? rounds : 1);
	fclose(file);
	return 0;
}
