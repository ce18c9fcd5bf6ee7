/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of pieces under one lock: the thread fills them, the reader empties
 * them. The last piece is not full, or has the error.
 */
#include "io/ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/thread.h"

enum { PIECES = 4, PIECE_SIZE = 256 * 1024 };

struct piece {
	size_t size;
	int rc;
	struct oci_error why;
	char data[PIECE_SIZE];
};

struct ahead {
	struct oci_source base;
	struct oci_source *from;
	pthread_t thread;
	bool started;		/* with the first read */
	bool threaded;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned filled;	/* pieces, since the start */
	unsigned taken;
	bool stop;
	size_t used; /* bytes of the oldest piece that were read */
	struct piece pieces[PIECES];
};

/* Fills a piece, or reads to the end of the source. */
static void fill(struct piece *piece, struct oci_source *from)
{
	size_t got = 1;

	piece->size = 0;
	piece->rc = 0;
	while (!piece->rc && got && piece->size < PIECE_SIZE) {
		piece->rc = oci_source_read(&got, from,
					    piece->data + piece->size,
					    PIECE_SIZE - piece->size,
					    &piece->why);
		piece->size += piece->rc ? 0 : got;
	}
}

/* Waits for a free piece; returns false if the thread has to stop. */
static bool wait_for_room(struct ahead *self)
{
	bool go;

	pthread_mutex_lock(&self->lock);
	while (!self->stop && self->filled - self->taken == PIECES)
		pthread_cond_wait(&self->changed, &self->lock);
	go = !self->stop;
	pthread_mutex_unlock(&self->lock);
	return go;
}

static void *run(void *arg)
{
	struct ahead *self = arg;
	bool last = false;

	while (!last && wait_for_room(self)) {
		struct piece *piece = &self->pieces[self->filled % PIECES];

		fill(piece, self->from);
		last = piece->rc || piece->size < PIECE_SIZE;
		pthread_mutex_lock(&self->lock);
		self->filled++;
		pthread_cond_signal(&self->changed);
		pthread_mutex_unlock(&self->lock);
	}
	return NULL;
}

static struct piece *oldest(struct ahead *self)
{
	pthread_mutex_lock(&self->lock);
	while (self->filled == self->taken)
		pthread_cond_wait(&self->changed, &self->lock);
	pthread_mutex_unlock(&self->lock);
	return &self->pieces[self->taken % PIECES];
}

static void release_oldest(struct ahead *self)
{
	pthread_mutex_lock(&self->lock);
	self->taken++;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->lock);
	self->used = 0;
}

static void start(struct ahead *self)
{
	self->filled = self->taken = 0;
	self->used = 0;
	self->stop = false;
	self->started = true;
	self->threaded = !oci_thread_start(&self->thread, run, self, NULL);
}

static void stop(struct ahead *self)
{
	if (!self->threaded)
		return;
	pthread_mutex_lock(&self->lock);
	self->stop = true;
	pthread_cond_signal(&self->changed);
	pthread_mutex_unlock(&self->lock);
	pthread_join(self->thread, NULL);
	self->threaded = false;
}

static int ahead_read(size_t *got, struct oci_source *source, void *data,
		      size_t size, struct oci_error *err)
{
	struct ahead *self = (struct ahead *)source;
	struct piece *piece;

	if (!self->started)
		start(self);
	if (!self->threaded)
		return oci_source_read(got, self->from, data, size, err);
	piece = oldest(self);
	if (self->used == piece->size && piece->size == PIECE_SIZE &&
	    !piece->rc) {
		release_oldest(self);
		piece = oldest(self);
	}
	*got = piece->size - self->used;
	if (*got > size)
		*got = size;
	memcpy(data, piece->data + self->used, *got);
	self->used += *got;
	if (*got == 0 && piece->rc && err)
		*err = piece->why;
	return *got ? 0 : piece->rc;
}

static int ahead_rewind(struct oci_source *source, struct oci_error *err)
{
	struct ahead *self = (struct ahead *)source;

	stop(self);
	self->started = false;
	return oci_source_rewind(self->from, err);
}

static void ahead_free(struct oci_source *source)
{
	struct ahead *self = (struct ahead *)source;

	stop(self);
	pthread_cond_destroy(&self->changed);
	pthread_mutex_destroy(&self->lock);
	free(self);
}

int oci_ahead_open(struct oci_source **out, struct oci_source *from,
		   struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		ahead_read, ahead_rewind, ahead_free,
	};
	struct ahead *self = malloc(sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	memset(self, 0, offsetof(struct ahead, pieces));
	self->base.ops = &ops;
	self->from = from;
	pthread_mutex_init(&self->lock, NULL);
	pthread_cond_init(&self->changed, NULL);
	*out = &self->base;
	return 0;
}
