/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs libcurl's multi interface on one thread. Callers queue an exchange and
 * sleep until it is finished. curl's callbacks run on that thread while the
 * caller sleeps, so they need no lock.
 */
#include "registry/http.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/thread.h"
#include "registry/exchange.h"

enum { POLL_MS = 1000 };

struct oci_http {
	CURLM *multi;
	struct oci_http_options options;
	char *ca_file;
	char *ca_folders;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t finished;
	struct exchange *queue;
	struct exchange *under_way; /* used by the thread only */
	unsigned count;		    /* number of exchanges in under_way */
	bool ending;
};

/* Adds the queued exchanges to curl. */
static void take_queue(struct oci_http *http)
{
	struct exchange *x, *next;

	pthread_mutex_lock(&http->lock);
	x = http->queue;
	http->queue = NULL;
	pthread_mutex_unlock(&http->lock);
	for (; x; x = next) {
		next = x->next;
		if (curl_multi_add_handle(http->multi, x->easy) == CURLM_OK) {
			x->next = http->under_way;
			http->under_way = x;
			http->count++;
			continue;
		}
		pthread_mutex_lock(&http->lock);
		x->result = CURLE_FAILED_INIT;
		x->done = true;
		pthread_cond_broadcast(&http->finished);
		pthread_mutex_unlock(&http->lock);
	}
}

static void forget(struct oci_http *http, const struct exchange *x)
{
	struct exchange **at = &http->under_way;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	http->count--;
}

static void end_exchanges(struct oci_http *http)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct exchange *x;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &x);
		x->result = message->data.result;
		curl_multi_remove_handle(http->multi, x->easy);
		forget(http, x);
		pthread_mutex_lock(&http->lock);
		x->done = true;
		pthread_cond_broadcast(&http->finished);
		pthread_mutex_unlock(&http->lock);
	}
}

static void *serve(void *arg)
{
	struct oci_http *http = arg;
	int running;
	bool ending;

	do {
		take_queue(http);
		for (struct exchange *x = http->under_way; x; x = x->next)
			oci_exchange_resume(x);
		curl_multi_perform(http->multi, &running);
		end_exchanges(http);
		curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
		pthread_mutex_lock(&http->lock);
		ending = http->ending;
		pthread_mutex_unlock(&http->lock);
	} while (!ending);
	return NULL;
}

static int start(struct oci_http *http, struct oci_error *err)
{
	int rc = oci_thread_start(&http->thread, serve, http, err);

	http->started = !rc;
	return rc;
}

static unsigned or_usual(unsigned value, unsigned usual)
{
	return value ? value : usual;
}

int oci_http_new(struct oci_http **out, const struct oci_http_options *options,
		 struct oci_error *err)
{
	struct oci_http *http = calloc(1, sizeof(*http));
	int rc;

	*out = NULL;
	if (!http)
		return oci_fail_nomem(err);
	http->options = *options;
	http->options.connect_seconds = or_usual(options->connect_seconds, 30);
	http->options.stall_seconds = or_usual(options->stall_seconds, 60);
	http->options.answer_seconds = or_usual(options->answer_seconds, 300);
	http->options.first_byte_seconds =
		or_usual(options->first_byte_seconds, 600);
	http->options.document_seconds = or_usual(options->document_seconds,
						  300);
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->finished, NULL);
	rc = oci_text_set(&http->ca_file, options->ca_file, err);
	http->options.ca_file = http->ca_file;
	if (!rc)
		rc = oci_text_set(&http->ca_folders, options->ca_folders, err);
	http->options.ca_folders = http->ca_folders;
	if (!rc)
		rc = oci_curl_load(err);
	if (!rc)
		http->multi = curl_multi_init();
	if (!rc && !http->multi)
		rc = oci_fail_nomem(err);
	if (!rc)
		rc = start(http, err);
	if (rc)
		oci_http_free(http);
	else
		*out = http;
	return rc;
}

void oci_http_free(struct oci_http *http)
{
	if (!http)
		return;
	if (http->started) {
		pthread_mutex_lock(&http->lock);
		http->ending = true;
		pthread_mutex_unlock(&http->lock);
		curl_multi_wakeup(http->multi);
		pthread_join(http->thread, NULL);
	}
	if (http->multi)
		curl_multi_cleanup(http->multi);
	pthread_cond_destroy(&http->finished);
	pthread_mutex_destroy(&http->lock);
	free(http->ca_file);
	free(http->ca_folders);
	free(http);
}

void oci_http_wake(struct oci_http *http)
{
	curl_multi_wakeup(http->multi);
}

static void run(struct oci_http *http, struct exchange *x)
{
	pthread_mutex_lock(&http->lock);
	x->next = http->queue;
	http->queue = x;
	pthread_mutex_unlock(&http->lock);
	curl_multi_wakeup(http->multi);
	pthread_mutex_lock(&http->lock);
	while (!x->done)
		pthread_cond_wait(&http->finished, &http->lock);
	pthread_mutex_unlock(&http->lock);
}

int oci_http_send(struct oci_http_response *out, struct oci_http *http,
		  const struct oci_http_request *request,
		  struct oci_error *err)
{
	struct exchange x = {
		.request = request, .response = out,
		.options = &http->options, .under_way = &http->count,
	};
	size_t size;
	int rc;

	*out = (struct oci_http_response){0};
	rc = oci_exchange_prepare(&x, err);
	if (!rc) {
		run(http, &x);
		out->stream_failed = x.stream_status != 0;
		rc = oci_exchange_outcome(&x, err);
	}
	size = x.text.len;
	if (!rc)
		rc = oci_buf_detach(&out->text, &x.text, err);
	out->text_size = rc ? 0 : size;
	oci_exchange_release(&x);
	return rc;
}

void oci_http_response_release(struct oci_http_response *response)
{
	oci_strings_release(&response->headers);
	oci_text_wipe(response->text); /* it may be a token */
	*response = (struct oci_http_response){0};
}

const char *oci_http_next_header(const struct oci_http_response *response,
				 const char *name, size_t *position)
{
	size_t size = strlen(name);

	while (*position < response->headers.count) {
		const char *line = response->headers.items[(*position)++];

		if (strncmp(line, name, size) == 0 && line[size] == ':')
			return line + size + 1 + strspn(line + size + 1, " \t");
	}
	return NULL;
}

const char *oci_http_header(const struct oci_http_response *response,
			    const char *name)
{
	size_t position = 0;

	return oci_http_next_header(response, name, &position);
}
