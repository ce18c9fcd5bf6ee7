/* SPDX-License-Identifier: Apache-2.0 */
/* Ends exchanges that are too slow or take too long. */
#include "registry/clock.h"
#include "registry/exchange.h"

enum { ALWAYS_SECONDS = 3 };

static time_t monotonic(void)
{
	return (time_t)(oci_clock() / 1000);
}

/* Returns whether bytes are expected to move: the body is not sent completely,
 * or the answer has begun. */
static bool is_moving(const struct exchange *x)
{
	const struct oci_http_request *r = x->request;

	return x->received ||
	       (r->body && !x->body_ended && x->sent < r->body_size);
}

/* The longest time without a byte, in the present phase of the exchange. */
static unsigned max_wait(const struct exchange *x)
{
	const struct oci_http_options *o = x->options;

	if (x->request->always)
		return ALWAYS_SECONDS;
	if (is_moving(x))
		return o->stall_seconds;
	return x->request->body ? o->answer_seconds : o->first_byte_seconds;
}

/* Compares with the least rate. Exchanges in flight share it, because a slow
 * connection does not mean a slow server. */
static bool is_too_slow(struct exchange *x, time_t now)
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

	/* The time in which the body had nothing to send does not count. */
	if (moved != x->sent + x->received || !x->moved || x->paused)
		x->moved = now;
	if (document && !x->answered)
		x->answered = now;
	if (now - x->moved > (time_t)max_wait(x))
		return "nothing was sent or received for too long";
	if (is_too_slow(x, now))
		return "too few bytes a second were sent or received for a "
		       "minute (--speed-limit)";
	if (document &&
	    now - x->answered > (time_t)x->options->document_seconds)
		return "the answer took too long";
	return NULL;
}
