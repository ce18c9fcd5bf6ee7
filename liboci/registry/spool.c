/* SPDX-License-Identifier: Apache-2.0 */
/* The file is written and read at offsets; the lock is of its size alone. */
#include "registry/spool.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"

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
	pthread_mutex_lock(&spool->lock);
	spool->size += more;
	spool->state = state;
	pthread_cond_broadcast(&spool->changed);
	pthread_mutex_unlock(&spool->lock);
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

static enum oci_spool_state look(uint64_t *left,
				 const struct spool_source *self)
{
	enum oci_spool_state state;

	pthread_mutex_lock(&self->spool->lock);
	*left = self->spool->size - self->done;
	state = self->spool->state;
	pthread_mutex_unlock(&self->spool->lock);
	return state;
}

bool oci_spool_ready(struct oci_source *source)
{
	uint64_t left;

	return look(&left, (struct spool_source *)source) != OCI_SPOOL_GROWS ||
	       left > 0;
}

static int source_read(size_t *got, struct oci_source *source, void *data,
		       size_t size, struct oci_error *err)
{
	struct spool_source *self = (struct spool_source *)source;
	uint64_t left;
	enum oci_spool_state state = look(&left, self);
	int rc;

	if (state == OCI_SPOOL_DROPPED)
		return oci_fail(err, OCI_E_CANCELLED, "it is not wanted any "
				"more");
	if (!left)
		return state == OCI_SPOOL_WHOLE ? 0 :
		       oci_fail(err, OCI_E_SYSTEM, "there is no more yet");
	rc = oci_file_read_at(got, self->spool->fd, data,
			      left < size ? (size_t)left : size, self->done,
			      err);
	self->done += *got;
	return rc;
}

static int source_rewind(struct oci_source *source, struct oci_error *err)
{
	(void)err;
	((struct spool_source *)source)->done = 0;
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
