/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3629, section 4: no overlong forms, no surrogates, at most U+10FFFF. */
#include "base/utf8.h"

#include <stdint.h>

size_t oci_utf8_size(const char *text, size_t left)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code;
	size_t size;

	if (left && p[0] < 0x80)
		return 1;
	if (!left)
		return 0;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		size = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		size = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		size = 4;
	else
		return 0;
	if (left < size)
		return 0;
	code = p[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if ((size == 3 && code < 0x800) || (size == 4 && code < 0x10000) ||
	    (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
		return 0;
	return size;
}

bool oci_utf8_valid(const char *text, size_t size)
{
	while (size) {
		size_t n = oci_utf8_size(text, size);

		if (!n)
			return false;
		text += n;
		size -= n;
	}
	return true;
}
