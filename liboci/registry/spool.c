/* SPDX-License-Identifier: Apache-2.0 */
/* The file is written and read at offsets; the lock is of its size alone. */
#include "registry/spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"

/*
 * Where packing has all cores, sending each block as it comes costs it its
 * caches: at this distance, packing and pushing take a twentieth less time of
 * the cores.
 */
enum { BEHIND = 4 * 1024 * 1024 };

/* Whether to go on reading: under the lock. */
static bool is_ready(const struct oci_spool *spool)
{
	return spool->state != OCI_SPOOL_GROWS ||
	       spool->size - spool->taken >= BEHIND;
}

int oci_spool_open(struct oci_spool *out, struct oci_http *http,
		   const char *temp_dir, struct oci_error *err)
{
	*out = (struct oci_spool){ .fd = -1, .http = http };
	pthread_mutex_init(&out->lock, NULL);
	pthread_cond_init(&out->changed, NULL);
	return oci_file_temporary(&out->fd, temp_dir, err);
}

static void tell(struct oci_spool *spool, uint64_t more,
		 enum oci_spool_state state)
{
	bool ready;

	pthread_mutex_lock(&spool->lock);
	spool->size += more;
	spool->state = state;
	ready = is_ready(spool);
	pthread_cond_broadcast(&spool->changed);
	pthread_mutex_unlock(&spool->lock);
	if (ready)
		oci_http_wake(spool->http);
}

int oci_spool_write(struct oci_spool *spool, const void *data, size_t size,
		    struct oci_error *err)
{
	int rc = oci_file_write(spool->fd, data, size, err);

	if (!rc)
		tell(spool, size, OCI_SPOOL_GROWS);
	return rc;
}

void oci_spool_end(struct oci_spool *spool, enum oci_spool_state state)
{
	tell(spool, 0, state);
}

bool oci_spool_wait(struct oci_spool *spool, uint64_t least)
{
	bool there;

	pthread_mutex_lock(&spool->lock);
	while (spool->state == OCI_SPOOL_GROWS && spool->size < least)
		pthread_cond_wait(&spool->changed, &spool->lock);
	there = spool->state != OCI_SPOOL_DROPPED && spool->size >= least;
	pthread_mutex_unlock(&spool->lock);
	return there;
}

void oci_spool_close(struct oci_spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
	pthread_cond_destroy(&spool->changed);
	pthread_mutex_destroy(&spool->lock);
}

struct spool_source {
	struct oci_source base;
	struct oci_spool *spool;
	uint64_t done;
};

bool oci_spool_ready(struct oci_source *source)
{
	struct oci_spool *spool = ((struct spool_source *)source)->spool;
	bool ready;

	pthread_mutex_lock(&spool->lock);
	ready = is_ready(spool);
	pthread_mutex_unlock(&spool->lock);
	return ready;
}

/* How much of it there is to read; what is read is taken. */
static int take(size_t *size, struct spool_source *self, struct oci_error *err)
{
	struct oci_spool *spool = self->spool;
	enum oci_spool_state state;
	uint64_t left;

	pthread_mutex_lock(&spool->lock);
	left = spool->size - self->done;
	if (*size > left)
		*size = (size_t)left;
	state = spool->state;
	spool->taken = self->done + *size;
	pthread_mutex_unlock(&spool->lock);
	/* A session whose body ends can be given up; one whose body breaks
	 * off cannot: distribution answers 404 or 416. */
	if (state == OCI_SPOOL_DROPPED)
		*size = 0;
	if (!*size && state == OCI_SPOOL_GROWS)
		return oci_fail(err, OCI_E_SYSTEM, "there is no more yet");
	return 0;
}

static int source_read(size_t *got, struct oci_source *source, void *data,
		       size_t size, struct oci_error *err)
{
	struct spool_source *self = (struct spool_source *)source;
	int rc = take(&size, self, err);

	if (!rc)
		rc = oci_file_read_at(got, self->spool->fd, data, size,
				      self->done, err);
	self->done += *got;
	return rc;
}

static int source_rewind(struct oci_source *source, struct oci_error *err)
{
	struct spool_source *self = (struct spool_source *)source;

	(void)err;
	self->done = 0;
	pthread_mutex_lock(&self->spool->lock);
	self->spool->taken = 0;
	pthread_mutex_unlock(&self->spool->lock);
	return 0;
}

static void source_free(struct oci_source *source)
{
	free(source);
}

int oci_spool_read(struct oci_source **out, struct oci_spool *spool,
		   struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		source_read, source_rewind, source_free,
	};
	struct spool_source *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->spool = spool;
	*out = &self->base;
	return 0;
}
