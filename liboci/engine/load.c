/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store that loads is an archive (store/archive_write.c) whose sink is the
 * body of one POST, which a thread sends. The body ends at the commit. If the
 * store is freed earlier, the body breaks off before index.json and without its
 * last chunk, so that the engine refuses it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "engine/engine.h"
#include "io/pool.h"

struct load {
	struct oci_sink base;
	struct oci_engine *engine;
	struct oci_feed *feed;
	struct oci_sink *answer;
	struct oci_pool *pool; /* of one thread */
	struct oci_task task;
	int status; /* of the request, once the task has ended */
	struct oci_error why;
};

static int send_request(struct load *self, struct oci_error *err)
{
	const struct oci_engine_version *version = &self->engine->version;
	struct oci_strings headers = { 0 };
	struct oci_http_response response = { 0 };
	struct oci_http_request request = {
		.method = "POST",
		.headers = &headers,
		.body = oci_feed_source(self->feed),
		.body_size = OCI_HTTP_UNKNOWN,
		.ready = oci_feed_ready,
		.sink = self->answer,
	};
	char path[OCI_ENGINE_API + 32] = "/images/load";
	int rc = oci_strings_add(&headers, "Content-Type: application/x-tar",
				 err);

	if (version->podman && *version->libpod)
		snprintf(path, sizeof(path), "/v%s/libpod/images/load",
			 version->libpod);
	if (!rc)
		rc = oci_engine_send(&response, self->engine, &request, path,
				     err);
	if (rc == OCI_E_SYSTEM && !response.stream_failed &&
	    response.status < 400)
		oci_advise(err, rc,
			   response.status
				   ? "the answer is not complete, and the "
				     "image may not be loaded"
				   : "the engine gave no answer: its log may "
				     "tell why");
	if (!rc)
		rc = oci_sink_finish(self->answer, err);
	oci_http_response_release(&response);
	oci_strings_release(&headers);
	return rc;
}

static void run(struct oci_task *task, unsigned worker)
{
	struct load *self =
		(struct load *)((char *)task - offsetof(struct load, task));
	struct oci_error early = { 0 };

	(void)worker;
	self->status = send_request(self, &self->why);
	if (self->status) {
		oci_feed_close(self->feed, self->status, &self->why);
		return;
	}
	oci_fail(&early, OCI_E_SYSTEM, "%s answered before the image was sent",
		 self->engine->address.name);
	oci_feed_close(self->feed, OCI_E_SYSTEM, &early);
}

static int load_write(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	return oci_feed_write(((struct load *)sink)->feed, data, size, err);
}

/* Returns when the engine has answered. */
static int load_finish(struct oci_sink *sink, struct oci_error *err)
{
	struct load *self = (struct load *)sink;

	oci_feed_finish(self->feed);
	oci_pool_wait(self->pool, &self->task);
	if (self->status && err)
		*err = self->why;
	return self->status;
}

static void load_free(struct oci_sink *sink)
{
	struct load *self = (struct load *)sink;

	if (self->feed)
		oci_feed_drop(self->feed);
	oci_pool_free(self->pool);
	oci_sink_free(self->answer);
	oci_feed_free(self->feed);
	self->engine->loading = false;
	free(self);
}

static int start(struct load *self, struct oci_error *err)
{
	int rc = oci_feed_new(&self->feed, self->engine->http, err);

	if (!rc)
		rc = oci_engine_answer_open(&self->answer, self->engine, err);
	if (!rc)
		rc = oci_pool_new(&self->pool, 1, err);
	if (rc)
		return rc;
	self->task.run = run;
	oci_pool_give(self->pool, &self->task);
	return 0;
}

int oci_engine_load(struct oci_store **out, struct oci_engine *engine,
		    const struct oci_archive_options *options,
		    struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = load_write,
		.finish = load_finish,
		.free = load_free,
	};
	struct load *self;
	int rc;

	*out = NULL;
	if (engine->loading)
		return oci_fail(err, OCI_E_INVALID,
				"the engine loads another image");
	self = calloc(1, sizeof(*self));
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->engine = engine;
	engine->loading = true;
	oci_strings_release(&engine->loaded);
	rc = start(self, err);
	if (!rc)
		return oci_archive_stream(out, &self->base, options, err);
	oci_sink_free(&self->base);
	return rc;
}
