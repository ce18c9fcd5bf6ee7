/* SPDX-License-Identifier: Apache-2.0 */
/* Times of files, and seconds since 1970-01-01T00:00:00Z as text. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The last second of the year 9999, the largest that RFC 3339 can write. */
#define OCI_TIME_MAX INT64_C(253402300799)

#define OCI_TIME_TEXT 32

bool oci_time_same(struct timespec a, struct timespec b);

/* Writes RFC 3339 in UTC: 2026-01-31T12:00:00Z. seconds: 0 to OCI_TIME_MAX. */
void oci_time_format(char out[OCI_TIME_TEXT], int64_t seconds);

#endif
