/* SPDX-License-Identifier: Apache-2.0 */
/* The lock protects all members of the feed but http. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "engine/engine.h"

struct oci_feed {
	struct oci_source source;
	struct oci_http *http;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const char *data; /* of the write that waits */
	size_t size;	  /* 0: no write waits */
	bool finished;	  /* by the writer */
	bool dropped;
	int status; /* not 0: the source is not read any more */
	struct oci_error why;
};

int oci_feed_write(struct oci_feed *feed, const void *data, size_t size,
		   struct oci_error *err)
{
	int rc;

	if (!size)
		return 0;
	pthread_mutex_lock(&feed->lock);
	feed->data = data;
	feed->size = size;
	pthread_mutex_unlock(&feed->lock);
	oci_http_wake(feed->http);
	pthread_mutex_lock(&feed->lock);
	while (feed->size && !feed->status)
		pthread_cond_wait(&feed->changed, &feed->lock);
	feed->size = 0;
	rc = feed->status;
	if (rc && err)
		*err = feed->why;
	pthread_mutex_unlock(&feed->lock);
	return rc;
}

static void end(struct oci_feed *feed, bool *flag)
{
	pthread_mutex_lock(&feed->lock);
	*flag = true;
	pthread_mutex_unlock(&feed->lock);
	oci_http_wake(feed->http);
}

void oci_feed_finish(struct oci_feed *feed)
{
	end(feed, &feed->finished);
}

void oci_feed_drop(struct oci_feed *feed)
{
	end(feed, &feed->dropped);
}

void oci_feed_close(struct oci_feed *feed, int status,
		    const struct oci_error *why)
{
	pthread_mutex_lock(&feed->lock);
	feed->status = status;
	feed->why = *why;
	pthread_cond_broadcast(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

bool oci_feed_ready(struct oci_source *source)
{
	struct oci_feed *feed = (struct oci_feed *)source;
	bool ready;

	pthread_mutex_lock(&feed->lock);
	ready = feed->size || feed->finished || feed->dropped;
	pthread_mutex_unlock(&feed->lock);
	return ready;
}

/* Called when oci_feed_ready is true. */
static int feed_read(size_t *got, struct oci_source *source, void *data,
		     size_t size, struct oci_error *err)
{
	struct oci_feed *feed = (struct oci_feed *)source;
	int rc = 0;

	pthread_mutex_lock(&feed->lock);
	*got = size < feed->size ? size : feed->size;
	if (*got) {
		memcpy(data, feed->data, *got);
		feed->data += *got;
		feed->size -= *got;
		pthread_cond_broadcast(&feed->changed);
	} else if (!feed->finished) {
		rc = oci_fail(err, OCI_E_CANCELLED,
			      "the archive was not completed");
	}
	pthread_mutex_unlock(&feed->lock);
	return rc;
}

int oci_feed_new(struct oci_feed **out, struct oci_http *http,
		 struct oci_error *err)
{
	/* It cannot rewind, so curl cannot send the request a second time. */
	static const struct oci_source_ops source = { .read = feed_read };
	struct oci_feed *feed = calloc(1, sizeof(*feed));

	*out = feed;
	if (!feed)
		return oci_fail_nomem(err);
	feed->source.ops = &source;
	feed->http = http;
	pthread_mutex_init(&feed->lock, NULL);
	pthread_cond_init(&feed->changed, NULL);
	return 0;
}

struct oci_source *oci_feed_source(struct oci_feed *feed)
{
	return &feed->source;
}

void oci_feed_free(struct oci_feed *feed)
{
	if (!feed)
		return;
	pthread_cond_destroy(&feed->changed);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
}
