/* SPDX-License-Identifier: Apache-2.0 */
/* Which failures are temporary, and how long to wait. */
#ifndef REGISTRY_RETRY_H
#define REGISTRY_RETRY_H

#include "registry/http.h"

/* Returns whether a later attempt may get another answer. */
bool oci_retry_status(const struct oci_http_response *response);
/*
 * Returns the milliseconds to wait after `attempts` attempts before the next
 * one: Retry-After, in seconds or as a date, up to a minute; otherwise half a
 * second, doubled at each attempt, with jitter.
 */
int64_t oci_retry_pause(const struct oci_http_response *response,
			unsigned attempts);

/* Returns the milliseconds to wait before a tag is read again that other runs
 * may set too: at random between `took`, the time that setting it took, and
 * twice that, within limits. */
int64_t oci_retry_spread(int64_t took);

#endif
