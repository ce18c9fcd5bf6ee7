/* SPDX-License-Identifier: Apache-2.0 */
/* Parses dates and durations. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parses a date of RFC 3339: a date alone (its first second, UTC), or with a
 * time and "Z" or an offset. Fractions of a second are dropped. Returns false
 * if text is anything else, or not from 0 to OCI_TIME_MAX.
 */
bool oci_date_parse(int64_t *seconds, const char *text);
/*
 * Parses a duration of Go, such as "1m30s" or "1.5h". "0" needs no unit.
 * Returns false if text is anything else or over 290 years.
 */
bool oci_duration_parse(int64_t *nanoseconds, const char *text);

#endif
