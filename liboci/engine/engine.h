/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to an engine. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <oci/engine.h>

#include "document/engine.h"
#include "engine/address.h"
#include "registry/http.h"

struct oci_engine {
	struct oci_engine_address address;
	struct oci_http *http;
	volatile const int *cancelled;
	struct oci_engine_version version;
	bool containerd; /* the image store keeps all platforms */
	bool loading;	 /* it has a store */
	struct oci_strings loaded;
};

/* Sends a request to a path of the engine. Of request, url and what belongs to
 * the connection are filled in. Errors name the engine; a status of 400 or more
 * is an error with the engine's message. The caller releases *out in any case.
 */
int oci_engine_send(struct oci_http_response *out, struct oci_engine *engine,
		    struct oci_http_request *request, const char *path,
		    struct oci_error *err);

/* answer.c: a sink that parses the lines of the answer to a load. It adds the
 * loaded images to engine->loaded and fails with the engine's message; its
 * finish fails if nothing was loaded. The caller frees *out. */
int oci_engine_answer_open(struct oci_sink **out, struct oci_engine *engine,
			   struct oci_error *err);

/*
 * feed.c: hands bytes from one thread to a source on curl's thread, without a
 * buffer: a write returns when its bytes are read.
 */
struct oci_feed;

int oci_feed_new(struct oci_feed **out, struct oci_http *http,
		 struct oci_error *err);
int oci_feed_write(struct oci_feed *feed, const void *data, size_t size,
		   struct oci_error *err);
/* Ends the source. */
void oci_feed_finish(struct oci_feed *feed);
/* Makes the source fail if it was not finished. */
void oci_feed_drop(struct oci_feed *feed);
/* The source, borrowed; oci_feed_ready is its oci_http_request.ready. */
struct oci_source *oci_feed_source(struct oci_feed *feed);
bool oci_feed_ready(struct oci_source *source);
/* Called when the source is not read any more: writes fail with status, which
 * is not 0, and *why. */
void oci_feed_close(struct oci_feed *feed, int status,
		    const struct oci_error *why);
/* NULL-safe. */
void oci_feed_free(struct oci_feed *feed);

#endif
