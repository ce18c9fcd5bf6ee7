/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of blocks: the caller fills one, threads compress full ones, and one
 * thread writes compressed ones to the next sink, in the order of filling. The
 * ring limits the memory: a block for each thread and three more, each with
 * room for its input and output.
 *
 * A block ends when it is full, at a mark if it is three quarters full, or at a
 * mark before a record that would fill a block by itself, if it is a sixteenth
 * full. Thus a changed file rarely shifts the blocks of its neighbours.
 *
 * Work that has to be done in order has its own threads: one digests the input,
 * and one writes and digests the output.
 */
#include "io/compress.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/pool.h"

enum { RING_MORE = 3 }; /* one is filled, one is written, one waits */

struct compress;
struct block;

/* Work that is done for the blocks in order. */
struct step {
	struct oci_task task;	/* first: a task is a step */
	struct block *block;
	int rc;
	struct oci_error why;
};

struct block {
	struct oci_task task;	/* first: a task is a block */
	struct step digesting;
	struct step writing;
	struct compress *owner;
	size_t number;
	struct oci_block record;
	char *in;
	char *out;
	size_t in_size;
	size_t out_size;	/* 0 after compressing: it failed */
};

struct compress {
	struct oci_sink base;
	struct oci_sink *next;
	struct oci_compress_options options;
	const struct oci_codec *codec;
	struct oci_pool *pool;
	struct oci_pool *digests;	/* one thread; NULL: none */
	struct oci_pool *writer;	/* one thread */
	int broken;			/* status of the writer */
	atomic_bool stop;		/* no more output is wanted */
	void **states;			/* one for each thread */
	unsigned jobs;
	struct block *ring;
	size_t ring_size;
	size_t bound;
	size_t oldest; /* number of a block: see block_at */
	size_t filling;
	uint32_t sum; /* of the input whose blocks are written */
	uint64_t size;
	int failed;
};

static bool fetch_old(struct compress *self, struct block *block)
{
	const struct oci_old_block *old;

	if (block->number >= self->options.known_count)
		return false;
	old = &self->options.old[block->number];
	if (!old->block || old->block->in_size != block->in_size ||
	    !oci_block_fetch(block->out, self->bound, self->options.known_fd,
			     old))
		return false;
	block->out_size = (size_t)old->block->out_size;
	return true;
}

static void run_block(struct oci_task *task, unsigned worker)
{
	struct block *block = (struct block *)task;
	struct compress *self = block->owner;

	if (self->codec->sum)
		block->record.sum = self->codec->sum(block->in, block->in_size);
	if (!fetch_old(self, block))
		block->out_size = self->codec->compress(
			self->states[worker], block->in, block->in_size,
			block->out, self->bound);
}

static void run_digesting(struct oci_task *task, unsigned worker)
{
	struct step *step = (struct step *)task;
	struct oci_digester *in = step->block->owner->options.in;

	(void)worker;
	oci_digester_save(&step->block->record.in, in);
	step->rc = oci_digester_add(in, step->block->in, step->block->in_size,
				    &step->why);
}

static struct block *block_at(struct compress *self, size_t number)
{
	return &self->ring[number % self->ring_size];
}

static int block_ready(struct compress *self, struct block *block,
		       struct oci_error *err)
{
	block->in_size = 0;
	if (block->in)
		return 0;
	block->in = malloc(self->codec->block);
	block->out = malloc(self->bound);
	if (block->in && block->out)
		return 0;
	free(block->in);
	free(block->out);
	block->in = block->out = NULL;
	return oci_fail_nomem(err);
}

static int record_block(struct compress *self, struct block *block,
			struct oci_error *err)
{
	int rc = oci_digester_peek(&block->record.end, self->options.out, err);

	block->record.in_size = block->in_size;
	block->record.out_size = block->out_size;
	return rc ? rc
		  : oci_blocks_add(self->options.blocks, &block->record, err);
}

static int write_block(struct compress *self, struct block *block,
		       struct oci_error *err)
{
	int rc = 0;

	if (self->digests) {
		oci_pool_wait(self->digests, &block->digesting.task);
		rc = block->digesting.rc;
		if (rc)
			*err = block->digesting.why;
	}
	if (!rc && !block->out_size)
		rc = oci_fail_nomem(err);
	if (rc)
		return rc;
	if (block->number == 0 && !self->options.resumed)
		rc = oci_sink_write(self->next, self->codec->head,
				    self->codec->head_size, err);
	if (self->options.blocks)
		oci_digester_save(&block->record.out, self->options.out);
	if (!rc)
		rc = oci_sink_write(self->next, block->out, block->out_size,
				    err);
	if (self->codec->join)
		self->sum = self->codec->join(self->sum, block->record.sum,
					      block->in_size);
	self->size += block->in_size;
	return rc || !self->options.blocks ? rc
					   : record_block(self, block, err);
}

static void run_writing(struct oci_task *task, unsigned worker)
{
	struct step *step = (struct step *)task;
	struct compress *self = step->block->owner;

	(void)worker;
	oci_pool_wait(self->pool, &step->block->task);
	if (!self->broken && !atomic_load(&self->stop))
		self->broken = write_block(self, step->block, &step->why);
	step->rc = self->broken;
}

/* Waits until the oldest block is written. */
static int end_oldest(struct compress *self, struct oci_error *err)
{
	struct step *step = &block_at(self, self->oldest)->writing;

	oci_pool_wait(self->writer, &step->task);
	self->oldest++;
	if (step->rc && err)
		*err = step->why;
	return step->rc;
}

static void start_block(struct compress *self, struct block *block)
{
	block->number = self->filling++;
	if (self->digests)
		oci_pool_give(self->digests, &block->digesting.task);
	oci_pool_give(self->pool, &block->task);
	oci_pool_give(self->writer, &block->writing.task);
}

/* Gives the full block to the threads. */
static int submit_block(struct compress *self, struct oci_error *err)
{
	struct block *block = block_at(self, self->filling);
	int rc = 0;

	start_block(self, block);
	while (!rc && self->oldest < self->filling) {
		bool full = self->filling - self->oldest == self->ring_size;
		struct block *old = block_at(self, self->oldest);

		if (!full && !oci_pool_done(self->writer, &old->writing.task))
			break;
		rc = end_oldest(self, err);
	}
	if (!rc)
		rc = block_ready(self, block_at(self, self->filling), err);
	return rc;
}

static int fill(struct compress *self, const char *data, size_t size,
		struct oci_error *err)
{
	int rc = 0;

	while (!rc && size) {
		struct block *block = block_at(self, self->filling);
		size_t room = self->codec->block - block->in_size;
		size_t n = size < room ? size : room;

		memcpy(block->in + block->in_size, data, n);
		block->in_size += n;
		data += n;
		size -= n;
		if (block->in_size == self->codec->block)
			rc = submit_block(self, err);
	}
	return rc;
}

static int compress_write(struct oci_sink *sink, const void *data, size_t size,
			  struct oci_error *err)
{
	struct compress *self = (struct compress *)sink;

	if (self->failed)
		return oci_fail(err, self->failed, "an earlier write failed");
	self->failed = fill(self, data, size, err);
	return self->failed;
}

bool oci_compress_cuts(const struct oci_codec *codec, size_t size,
		       uint64_t coming)
{
	return size >= codec->block / 4 * 3 ||
	       (coming >= codec->block && size >= codec->block / 16);
}

static int compress_mark(struct oci_sink *sink, uint64_t coming,
			 struct oci_error *err)
{
	struct compress *self = (struct compress *)sink;
	size_t size = block_at(self, self->filling)->in_size;

	if (self->failed || !oci_compress_cuts(self->codec, size, coming))
		return 0;
	self->failed = submit_block(self, err);
	return self->failed;
}

/* Writes what stands behind the last block. */
static int write_end(struct compress *self, struct oci_error *err)
{
	char end[OCI_CODEC_EDGE];

	if (!self->codec->end)
		return 0;
	return oci_sink_write(self->next, end,
			      self->codec->end(end, self->sum, self->size),
			      err);
}

static int compress_finish(struct oci_sink *sink, struct oci_error *err)
{
	struct compress *self = (struct compress *)sink;
	struct block *last = block_at(self, self->filling);
	int rc = self->failed;

	if (rc)
		return oci_fail(err, rc, "an earlier write failed");
	/* An empty stream has one empty block. */
	if (last->in_size || self->filling == 0)
		start_block(self, last);
	while (!rc && self->oldest < self->filling)
		rc = end_oldest(self, err);
	if (!rc)
		rc = write_end(self, err);
	self->failed = rc;
	return rc;
}

static void compress_free(struct oci_sink *sink)
{
	struct compress *self = (struct compress *)sink;

	/* The first pool's tasks wait for those of the other two. */
	atomic_store(&self->stop, true);
	oci_pool_free(self->writer);
	oci_pool_free(self->pool);
	oci_pool_free(self->digests);
	for (unsigned i = 0; self->states && i < self->jobs; i++)
		if (self->states[i])
			self->codec->close(self->states[i]);
	for (size_t i = 0; self->ring && i < self->ring_size; i++) {
		free(self->ring[i].in);
		free(self->ring[i].out);
	}
	free(self->states);
	free(self->ring);
	free(self);
}

static int prepare(struct compress *self, struct oci_error *err)
{
	int level = self->options.level;

	self->states = calloc(self->jobs, sizeof(*self->states));
	self->ring_size = self->jobs + RING_MORE;
	self->ring = calloc(self->ring_size, sizeof(*self->ring));
	if (!self->states || !self->ring)
		return oci_fail_nomem(err);
	for (unsigned i = 0; i < self->jobs; i++) {
		self->states[i] = self->codec->open(level);
		if (!self->states[i])
			return oci_fail_nomem(err);
	}
	for (size_t i = 0; i < self->ring_size; i++) {
		self->ring[i].task.run = run_block;
		self->ring[i].digesting.task.run = run_digesting;
		self->ring[i].digesting.block = &self->ring[i];
		self->ring[i].writing.task.run = run_writing;
		self->ring[i].writing.block = &self->ring[i];
		self->ring[i].owner = self;
	}
	self->bound = self->codec->bound();
	self->sum = self->options.sum;
	self->size = self->options.size;
	return block_ready(self, &self->ring[0], err);
}

int oci_compress_open(struct oci_sink **out, struct oci_sink *next,
		      const struct oci_compress_options *options,
		      struct oci_error *err)
{
	const struct oci_codec *codec = options->codec;
	int level = options->level;
	static const struct oci_sink_ops ops = {
		compress_write, compress_finish, compress_mark, compress_free,
	};
	struct compress *self;
	int rc;

	*out = NULL;
	if (level < codec->level_min || level > codec->level_max)
		return oci_fail(err, OCI_E_INVALID,
				"%s level %d is not %d to %d", codec->name,
				level, codec->level_min, codec->level_max);
	self = calloc(1, sizeof(*self));
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->next = next;
	self->options = *options;
	self->codec = codec;
	self->jobs = options->jobs ? options->jobs : oci_pool_cores();
	/* Called first, because it checks the number of jobs. */
	rc = oci_pool_new(&self->pool, self->jobs, err);
	if (!rc && options->in)
		rc = oci_pool_new(&self->digests, 1, err);
	if (!rc)
		rc = oci_pool_new(&self->writer, 1, err);
	if (!rc)
		rc = prepare(self, err);
	if (!rc && options->blocks)
		options->blocks->start = codec->head_size;
	if (rc)
		compress_free(&self->base);
	else
		*out = &self->base;
	return rc;
}
