/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange, as curl's callbacks see it. */
#ifndef REGISTRY_EXCHANGE_H
#define REGISTRY_EXCHANGE_H

#include <time.h>

#include "base/buf.h"
#include "registry/curl.h"
#include "registry/http.h"

struct exchange {
	struct exchange *next;		/* in the queue, or under way */
	const struct oci_http_request *request;
	struct oci_http_response *response;
	const struct oci_http_options *options;
	CURL *easy;
	struct curl_slist *headers;
	struct oci_buf text;
	size_t header_bytes;
	uint64_t sent;			/* as curl tells */
	uint64_t received;
	const unsigned *under_way;	/* how many there are, for their rate */
	time_t moved;			/* when bytes moved last; monotonic */
	time_t answered;		/* when the answer's body began; or 0 */
	time_t window;			/* since when the rate is measured */
	uint64_t window_bytes;		/* that had moved by then */
	const char *stopped;		/* why we ended it; or NULL */
	const char *proxy;		/* "": none */
	bool refused;			/* the address was private */
	struct oci_error stream_error;
	int stream_status;		/* body or sink failed */
	CURLcode result;
	bool paused;			/* the body is not ready */
	bool body_ended;
	bool done;
	char why[CURL_ERROR_SIZE];
};

/* Makes the handle that curl runs; oci_exchange_release frees it. */
int oci_exchange_prepare(struct exchange *x, struct oci_error *err);
/* Goes on with a body that is ready by now. */
void oci_exchange_resume(struct exchange *x);
/* stall.c: why an exchange is ended, or NULL. moved: the bytes of both ways
 * before what curl told last. */
const char *oci_exchange_stall(struct exchange *x, uint64_t moved);
/* What it came to: its own errors before curl's word for them. */
int oci_exchange_outcome(struct exchange *x, struct oci_error *err);
void oci_exchange_release(struct exchange *x);

#endif
