/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges that come to nothing: too slow, or for too long. */
#include "registry/exchange.h"

enum { ALWAYS_SECONDS = 3 };

static time_t monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Bytes are on their way: not all is sent yet, or the answer has begun. */
static bool is_moving(const struct exchange *x)
{
	const struct oci_http_request *r = x->request;

	return x->received ||
	       (r->body && !x->body_ended && x->sent < r->body_size);
}

/* How long an exchange may wait, by the part of it that comes next. */
static unsigned patience(const struct exchange *x)
{
	const struct oci_http_options *o = x->options;

	if (x->request->always)
		return ALWAYS_SECONDS;
	if (is_moving(x))
		return o->stall_seconds;
	return x->request->body ? o->answer_seconds : o->first_byte_seconds;
}

/* A byte now and then is no transfer. Of several, each has its share of the
 * line, so that a slow line is not taken for a slow server. */
static bool is_dripping(struct exchange *x, time_t now)
{
	const struct oci_http_options *o = x->options;
	uint64_t moved = x->sent + x->received;
	uint64_t least = o->lowest_rate * o->stall_seconds /
			 (*x->under_way ? *x->under_way : 1);

	if (x->paused || !is_moving(x) || !x->window) {
		x->window = now;
		x->window_bytes = moved;
		return false;
	}
	if (now - x->window < (time_t)o->stall_seconds)
		return false;
	if (moved - x->window_bytes < least)
		return true;
	x->window = now;
	x->window_bytes = moved;
	return false;
}

const char *oci_exchange_stall(struct exchange *x, uint64_t moved)
{
	bool document = !x->request->sink && x->received;
	time_t now = monotonic();

	/* Nothing to send is not slowness in sending it. */
	if (moved != x->sent + x->received || !x->moved || x->paused)
		x->moved = now;
	if (document && !x->answered)
		x->answered = now;
	if (now - x->moved > (time_t)patience(x))
		return "nothing was sent or received for too long";
	if (is_dripping(x, now))
		return "too few bytes a second came or went for a minute "
		       "(--speed-limit)";
	if (document &&
	    now - x->answered > (time_t)x->options->document_seconds)
		return "the answer took too long to come";
	return NULL;
}
