/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters that control a terminal or a log: C0 and C1 of ISO 6429, and in
 * Unicode those of annex 9 (bidirectional text) and the separators of lines and
 * paragraphs.
 */
#include <stdio.h>
#include <string.h>

#include <oci/text.h>

#include "base/utf8.h"

static unsigned code_of(const unsigned char *p, size_t size)
{
	unsigned code = size == 1 ? p[0] : p[0] & (0x7fu >> size);

	for (size_t i = 1; i < size; i++)
		code = code << 6 | (p[i] & 0x3f);
	return code;
}

static bool controls(unsigned code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

size_t oci_text_escape(char out[OCI_ESCAPE_ROOM], const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t size = oci_utf8_size(text, strnlen(text, 4));
	unsigned code = size ? code_of(p, size) : p[0];

	if (size && !controls(code)) {
		memcpy(out, text, size);
		out[size] = '\0';
		return size;
	}
	if (size > 1)
		snprintf(out, OCI_ESCAPE_ROOM, "\\u%04x", code);
	else
		snprintf(out, OCI_ESCAPE_ROOM, "\\x%02x", p[0]);
	return size ? size : 1;
}
