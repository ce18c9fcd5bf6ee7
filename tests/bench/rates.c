/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one core does with a file in blocks of 1 MiB: the rates that the model
 * of the limit starts from.
 *
 *   rates FILE SCRATCH ROUNDS
 *
 * Prints a line for each kind of work: its name, the median over the rounds in
 * MB/s on one core while the others rest, the same on a core while all of them
 * do it, and what it makes of the file, in bytes. SCRATCH is written and
 * removed.
 */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS */
#define OPENSSL_API_COMPAT 0x10101000L	/* SHA256_* are current there */
#include <err.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include <oci/layer.h>

#include "deflate/deflate.h"

#define BLOCK ((size_t)1 << 20)
#define ROOM (2 * BLOCK)
#define ROUNDS_MAX 99

/* What one process works with; the file itself is shared. */
struct bench {
	const char *file;
	const char *scratch;
	unsigned char *data;
	size_t size;
	unsigned char *room;
};

struct result {
	double seconds;
	size_t bytes;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t block_at(const struct bench *b, size_t at)
{
	return b->size - at < BLOCK ? b->size - at : BLOCK;
}

static size_t do_read(const struct bench *b, int level)
{
	int fd = open(b->file, O_RDONLY | O_CLOEXEC);
	size_t sum = 0;
	ssize_t n;

	(void)level;
	if (fd < 0)
		err(1, "%s", b->file);
	while ((n = read(fd, b->room, BLOCK)) > 0)
		sum += (size_t)n;
	close(fd);
	return sum;
}

static size_t do_copy(const struct bench *b, int level)
{
	(void)level;
	for (size_t at = 0; at < b->size; at += BLOCK) {
		memcpy(b->room, b->data + at, block_at(b, at));
		__asm__ volatile("" : : "r"(b->room) : "memory");
	}
	return b->size;
}

static size_t do_sha256(const struct bench *b, int level)
{
	SHA256_CTX state;

	(void)level;
	SHA256_Init(&state);
	for (size_t at = 0; at < b->size; at += BLOCK)
		SHA256_Update(&state, b->data + at, block_at(b, at));
	SHA256_Final(b->room, &state);
	return b->size;
}

static size_t do_gzip(const struct bench *b, int level)
{
	struct oci_deflate *state = oci_deflate_new(level);
	size_t sum = 0;

	if (!state)
		errx(1, "out of memory");
	for (size_t at = 0; at < b->size; at += BLOCK)
		sum += oci_deflate_compress(state, b->room, b->data + at,
					    block_at(b, at));
	oci_deflate_free(state);
	return sum;
}

static size_t do_zstd(const struct bench *b, int level)
{
	ZSTD_CCtx *state = ZSTD_createCCtx();
	size_t sum = 0;

	if (!state)
		errx(1, "out of memory");
	for (size_t at = 0; at < b->size; at += BLOCK)
		sum += ZSTD_compressCCtx(state, b->room, ROOM, b->data + at,
					 block_at(b, at), level);
	ZSTD_freeCCtx(state);
	return sum;
}

static size_t do_write(const struct bench *b, int level)
{
	char name[4096];
	int fd;

	(void)level;
	snprintf(name, sizeof(name), "%s.%ld", b->scratch, (long)getpid());
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		err(1, "%s", name);
	for (size_t at = 0; at < b->size; at += BLOCK) {
		if (write(fd, b->data + at, block_at(b, at)) < 0)
			err(1, "%s", name);
	}
	close(fd);
	unlink(name);
	return b->size;
}

static const struct work {
	const char *name;
	size_t (*run)(const struct bench *b, int level);
	int level;
} works[] = {
	{ "read", do_read, 0 },
	{ "copy", do_copy, 0 },
	{ "sha256", do_sha256, 0 },
	{ "write", do_write, 0 },
	{ "default", do_gzip, OCI_GZIP_LEVEL_DEFAULT },
	{ "gzip:6", do_gzip, 6 },
	{ "zstd:3", do_zstd, 3 },
};

/* Pages that are touched for the first time cost a fault: not while timed. */
static void settle(const struct bench *b)
{
	const volatile unsigned char *data = b->data;

	memset(b->room, 1, ROOM);
	for (size_t at = 0; at < b->size; at += 4096)
		(void)data[at];
}

/* One process on each of `cores` cores, all of them at once: the mean. */
static struct result run(const struct bench *b, const struct work *w,
			 size_t cores, struct result *shared)
{
	struct result out = {0};

	for (size_t i = 0; i < cores; i++) {
		pid_t child = fork();
		double start;

		if (child < 0)
			err(1, "fork");
		if (child > 0)
			continue;
		settle(b);
		start = now();
		shared[i].bytes = w->run(b, w->level);
		shared[i].seconds = now() - start;
		_exit(0);
	}
	for (size_t i = 0; i < cores; i++) {
		int status = 0;

		if (wait(&status) < 0 || status != 0)
			errx(1, "%s failed", w->name);
	}
	for (size_t i = 0; i < cores; i++)
		out.seconds += shared[i].seconds / (double)cores;
	out.bytes = shared[0].bytes;
	return out;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static struct result median(const struct bench *b, const struct work *w,
			    size_t cores, int rounds, struct result *shared)
{
	double seconds[ROUNDS_MAX];
	struct result last = {0};

	for (int i = 0; i < rounds; i++) {
		last = run(b, w, cores, shared);
		seconds[i] = last.seconds;
	}
	qsort(seconds, (size_t)rounds, sizeof(seconds[0]), by_value);
	last.seconds = seconds[rounds / 2];
	return last;
}

static void *memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

static void load(struct bench *b)
{
	int fd = open(b->file, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	ssize_t n = 0;

	if (size <= 0 || lseek(fd, 0, SEEK_SET) != 0)
		err(1, "%s", b->file);
	b->data = memory((size_t)size);
	while (b->size < (size_t)size &&
	       (n = read(fd, b->data + b->size, (size_t)size - b->size)) > 0)
		b->size += (size_t)n;
	if (n <= 0)
		err(1, "%s", b->file);
	close(fd);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	size_t cores = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	struct result *shared;
	int rounds;

	rounds = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
	if (rounds < 1 || rounds > ROUNDS_MAX)
		errx(2, "usage: rates FILE SCRATCH ROUNDS");
	b.file = argv[1];
	b.scratch = argv[2];
	load(&b);
	b.room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b.room == MAP_FAILED)
		err(1, "mmap");
	shared = memory(cores * sizeof(*shared));
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		struct result one = median(&b, &works[i], 1, rounds, shared);
		struct result all = median(&b, &works[i], cores, rounds,
					   shared);
		double mb = (double)b.size / 1e6;

		printf("%s %.0f %.0f %zu\n", works[i].name, mb / one.seconds,
		       mb / all.seconds, one.bytes);
	}
	return 0;
}
