/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP exchange and its state for curl's callbacks. */
#ifndef REGISTRY_EXCHANGE_H
#define REGISTRY_EXCHANGE_H

#include <time.h>

#include "base/buf.h"
#include "registry/curl.h"
#include "registry/http.h"

struct exchange {
	struct exchange *next; /* in the queue, or in flight */
	const struct oci_http_request *request;
	struct oci_http_response *response;
	const struct oci_http_options *options;
	CURL *easy;
	struct curl_slist *headers;
	struct oci_buf text;
	size_t header_bytes;
	uint64_t sent; /* bytes of the body, as curl reports */
	uint64_t received;
	const unsigned *under_way;	/* number of exchanges in flight, which
					 * share the least rate */
	time_t moved;			/* last time that bytes moved; monotonic
					 * seconds */
	time_t answered;		/* when the answer's body began; or 0 */
	time_t window;			/* start of the window for the least
					 * rate */
	uint64_t window_bytes;		/* bytes that had moved at its start */
	const char *stopped;		/* why it was ended early; or NULL */
	const char *proxy;		/* "": no proxy */
	bool refused;			/* its address is private and not
					 * allowed */
	struct oci_error stream_error;
	int stream_status; /* of the body or the sink */
	CURLcode result;
	bool no_memory;			/* curl could not copy an option */
	bool paused;			/* the body is not ready */
	bool body_ended;
	bool done;
	char why[CURL_ERROR_SIZE];
};

/* Makes the handle for curl; oci_exchange_release frees it. */
int oci_exchange_prepare(struct exchange *x, struct oci_error *err);
/* Resumes an exchange that was paused, if its body is ready now. */
void oci_exchange_resume(struct exchange *x);
/* stall.c: returns why an exchange has to end, or NULL. moved: the bytes sent
 * and received before curl's last report. */
const char *oci_exchange_stall(struct exchange *x, uint64_t moved);
/* Returns the result of an exchange. Errors of body, sink and limits come
 * before curl's error. */
int oci_exchange_outcome(struct exchange *x, struct oci_error *err);
void oci_exchange_release(struct exchange *x);

#endif
