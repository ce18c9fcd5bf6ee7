/* SPDX-License-Identifier: Apache-2.0 */
/* Strict unsigned numbers; overflow is checked at each digit. */
#include "base/number.h"

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

bool oci_number_parse(uint64_t *out, const char *text, int base, uint64_t max)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = digit_of(*text);

		if (digit >= base)
			return false;
		if (value > (max - (uint64_t)digit) / (uint64_t)base ||
		    (uint64_t)digit > max)
			return false;
		value = value * (uint64_t)base + (uint64_t)digit;
	}
	*out = value;
	return true;
}
