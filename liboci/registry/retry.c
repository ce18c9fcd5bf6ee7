/* SPDX-License-Identifier: Apache-2.0 */
/* Retries: which statuses, Retry-After, and pauses. */
#include "registry/retry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "document/token.h"
#include "registry/curl.h"

enum {
	PAUSE_FIRST = 500,		/* milliseconds */
	PAUSE_MAX = 60 * 1000,
	RATE_LIMIT_PAUSE = 30 * 1000,	/* GitHub's secondary rate limit */
	SPREAD_LEAST = 100,
	SPREAD_MAX = 5 * 1000
};

static bool answer_has(const struct oci_http_response *response,
		       const char *text)
{
	return response->text && strstr(response->text, text) != NULL;
}

static bool is_rate_limit(const struct oci_http_response *response)
{
	return response->status == 403 &&
	       answer_has(response, "secondary rate limit");
}

bool oci_retry_status(const struct oci_http_response *response)
{
	static const long passing[] = { 408, 429, 500, 502, 503, 504 };

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (response->status == passing[i])
			return true;
	return is_rate_limit(response);
}

/* Retry-After in milliseconds; -1 if it is absent or invalid. */
static int64_t retry_after(const struct oci_http_response *response)
{
	const char *text = oci_http_header(response, "retry-after");
	uint64_t seconds;
	int64_t date;

	if (!text)
		return -1;
	if (oci_number_parse(&seconds, text, 10, UINT64_MAX))
		return seconds > PAUSE_MAX / 1000 ? PAUSE_MAX :
						    (int64_t)seconds * 1000;
	if (oci_curl_load(NULL))
		return -1;
	date = (int64_t)curl_getdate(text, NULL);
	if (date < 0)
		return -1;
	date -= (int64_t)time(NULL);
	if (date < 0)
		return 0;
	return date > PAUSE_MAX / 1000 ? PAUSE_MAX : date * 1000;
}

int64_t oci_retry_pause(const struct oci_http_response *response,
			unsigned attempts)
{
	int64_t asked = retry_after(response);
	int64_t pause = PAUSE_FIRST;
	struct timespec now;

	if (asked >= 0)
		return asked;
	if (is_rate_limit(response))
		return RATE_LIMIT_PAUSE;
	for (; attempts && pause < PAUSE_MAX; attempts--)
		pause *= 2;
	if (pause > PAUSE_MAX)
		pause = PAUSE_MAX;
	/* Half of the pause is random, to spread the clients. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return pause / 2 + now.tv_nsec / 1000 % (pause / 2 + 1);
}

int64_t oci_retry_spread(int64_t took)
{
	struct timespec now;

	if (took < SPREAD_LEAST)
		took = SPREAD_LEAST;
	if (took > SPREAD_MAX)
		took = SPREAD_MAX;
	clock_gettime(CLOCK_REALTIME, &now);
	return took + (now.tv_nsec / 1000 + getpid() * 7L) % took;
}
