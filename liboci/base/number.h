/* SPDX-License-Identifier: Apache-2.0 */
/* Parses numbers. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parses text as digits of base (8, 10 or 16): no sign, no blank, no prefix.
 * Returns false if it is anything else or more than max.
 */
bool oci_number_parse(uint64_t *out, const char *text, int base, uint64_t max);

#endif
