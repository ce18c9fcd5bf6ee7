/* SPDX-License-Identifier: Apache-2.0 */
/* The file is written and read at offsets; the lock protects its size only. */
#include "registry/spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "io/temp.h"

/*
 * Sending each block as soon as it is written costs packing its CPU caches if
 * it uses all cores. At this distance, packing and pushing take a twentieth
 * less CPU time.
 */
enum { BEHIND = 4 * 1024 * 1024 };

/* Called with the lock held. */
static bool is_ready(const struct oci_spool *spool)
{
	return spool->state != OCI_SPOOL_GROWS ||
	       spool->size - spool->read >= BEHIND;
}

static void update(struct oci_spool *spool, uint64_t more,
		   enum oci_spool_state state)
{
	struct oci_http *http = spool->http;
	bool ready;

	pthread_mutex_lock(&spool->lock);
	spool->size += more;
	spool->state = state;
	ready = is_ready(spool);
	pthread_cond_broadcast(&spool->changed);
	pthread_mutex_unlock(&spool->lock);
	/* The reader may have freed the spool if it has ended. */
	if (ready)
		oci_http_wake(http);
}

int oci_spool_write(struct oci_spool *spool, const void *data, size_t size,
		    struct oci_error *err)
{
	int rc = oci_file_write(spool->fd, data, size, err);

	if (!rc)
		update(spool, size, OCI_SPOOL_GROWS);
	return rc;
}

void oci_spool_end(struct oci_spool *spool, enum oci_spool_state state)
{
	update(spool, 0, state);
}

static enum oci_spool_state wait_for(uint64_t *size, struct oci_spool *spool,
				     uint64_t least)
{
	enum oci_spool_state state;

	pthread_mutex_lock(&spool->lock);
	while (spool->state == OCI_SPOOL_GROWS && spool->size < least)
		pthread_cond_wait(&spool->changed, &spool->lock);
	*size = spool->size;
	state = spool->state;
	pthread_mutex_unlock(&spool->lock);
	return state;
}

bool oci_spool_wait_size(struct oci_spool *spool, uint64_t least)
{
	uint64_t size;

	return wait_for(&size, spool, least) != OCI_SPOOL_DROPPED &&
	       size >= least;
}

bool oci_spool_wait_end(struct oci_spool *spool)
{
	uint64_t size;

	return wait_for(&size, spool, UINT64_MAX) == OCI_SPOOL_COMPLETE;
}

bool oci_spool_is_complete(struct oci_spool *spool, uint64_t *size)
{
	bool complete;

	pthread_mutex_lock(&spool->lock);
	complete = spool->state == OCI_SPOOL_COMPLETE;
	*size = spool->size;
	pthread_mutex_unlock(&spool->lock);
	return complete;
}

bool oci_spool_ready(struct oci_source *source)
{
	struct oci_spool *spool = (struct oci_spool *)source;
	bool ready;

	pthread_mutex_lock(&spool->lock);
	ready = is_ready(spool);
	pthread_mutex_unlock(&spool->lock);
	return ready;
}

static int spool_read(size_t *got, struct oci_source *source, void *data,
		      size_t size, struct oci_error *err)
{
	struct oci_spool *spool = (struct oci_spool *)source;
	enum oci_spool_state state;
	uint64_t left, from;
	int rc;

	pthread_mutex_lock(&spool->lock);
	from = spool->read;
	left = spool->size - from;
	state = spool->state;
	pthread_mutex_unlock(&spool->lock);
	if (size > left)
		size = (size_t)left;
	/* distribution can drop a session whose body has ended; if the body
	 * broke off, it answers 404 or 416. */
	if (state == OCI_SPOOL_DROPPED)
		size = 0;
	if (!size && state == OCI_SPOOL_GROWS)
		return oci_fail(err, OCI_E_SYSTEM,
				"the spool has no more bytes yet");
	rc = oci_file_read_at(got, spool->fd, data, size, from, err);
	pthread_mutex_lock(&spool->lock);
	spool->read = from + *got;
	pthread_mutex_unlock(&spool->lock);
	return rc;
}

static int spool_rewind(struct oci_source *source, struct oci_error *err)
{
	struct oci_spool *spool = (struct oci_spool *)source;

	(void)err;
	pthread_mutex_lock(&spool->lock);
	spool->read = 0;
	pthread_mutex_unlock(&spool->lock);
	return 0;
}

static void spool_free(struct oci_source *source)
{
	struct oci_spool *spool = (struct oci_spool *)source;

	if (spool->fd >= 0)
		close(spool->fd);
	pthread_cond_destroy(&spool->changed);
	pthread_mutex_destroy(&spool->lock);
	free(spool);
}

int oci_spool_open(struct oci_spool **out, struct oci_http *http,
		   const char *temp_dir, struct oci_error *err)
{
	static const struct oci_source_ops ops = {
		spool_read,
		spool_rewind,
		spool_free,
	};
	struct oci_spool *spool = calloc(1, sizeof(*spool));
	int rc;

	*out = NULL;
	if (!spool)
		return oci_fail_nomem(err);
	spool->base.ops = &ops;
	spool->http = http;
	pthread_mutex_init(&spool->lock, NULL);
	pthread_cond_init(&spool->changed, NULL);
	rc = oci_file_temporary(&spool->fd, temp_dir, err);
	if (rc)
		spool_free(&spool->base);
	else
		*out = spool;
	return rc;
}
