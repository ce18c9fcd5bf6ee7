/* SPDX-License-Identifier: Apache-2.0 */
/* Which answers pass by themselves, and how long that takes. */
#ifndef REGISTRY_RETRY_H
#define REGISTRY_RETRY_H

#include "registry/http.h"

/* Whether the same request may be answered better later. */
bool oci_retry_status(const struct oci_http_response *response);
/*
 * Milliseconds to wait before the attempt after `attempts` others: Retry-After
 * in seconds or as a date, up to a minute; else growing from half a second,
 * with jitter.
 */
int64_t oci_retry_pause(const struct oci_http_response *response,
			unsigned attempts);

/* A pause before a tag is read again that other runs may set too: at random
 * between as long as setting it took and twice that, within limits. */
int64_t oci_retry_spread(int64_t took);

#endif
