/* SPDX-License-Identifier: Apache-2.0 */
/* Lower-case hexadecimal digits, as in digests. */
#include "base/hex.h"

#include <string.h>

void oci_hex_format(char *out, const unsigned char *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*out++ = digits[data[i] >> 4];
		*out++ = digits[data[i] & 15];
	}
	*out = '\0';
}

bool oci_hex_valid(const char *text, size_t count)
{
	return strspn(text, "0123456789abcdef") == count && !text[count];
}
