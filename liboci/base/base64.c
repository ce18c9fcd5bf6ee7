/* SPDX-License-Identifier: Apache-2.0 */
/* Base64: RFC 4648, section 4. */
#include "base/base64.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const char letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int oci_base64_encode(char **out, const void *data, size_t size,
		      struct oci_error *err)
{
	const unsigned char *p = data;
	char *q;

	*out = size < SIZE_MAX / 2 ? malloc((size + 2) / 3 * 4 + 1) : NULL;
	if (!*out)
		return oci_fail_nomem(err);
	q = *out;
	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)p[i] << 16;

		group |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		group |= left > 2 ? p[i + 2] : 0;
		*q++ = letters[group >> 18];
		*q++ = letters[group >> 12 & 63];
		*q++ = left > 1 ? letters[group >> 6 & 63] : '=';
		*q++ = left > 2 ? letters[group & 63] : '=';
	}
	*q = '\0';
	return 0;
}

/* base64(1) breaks lines, and copied files may have such line ends. */
static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static int fail(char **out, struct oci_error *err)
{
	free(*out);
	*out = NULL;
	return oci_fail(err, OCI_E_INVALID, "not base64");
}

int oci_base64_decode(char **out, size_t *size, const char *text,
		      struct oci_error *err)
{
	size_t length = strlen(text);
	size_t letter_count = 0;
	uint32_t bits = 0;
	unsigned count = 0;

	*size = 0;
	while (length &&
	       (text[length - 1] == '=' || is_line_end(text[length - 1])))
		length--;
	*out = malloc(length / 4 * 3 + 4);
	if (!*out)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < length; i++) {
		const char *at = strchr(letters, text[i]);

		if (is_line_end(text[i]))
			continue;
		if (!at)
			return fail(out, err);
		bits = bits << 6 | (uint32_t)(at - letters);
		count += 6;
		letter_count++;
		if (count >= 8) {
			count -= 8;
			(*out)[(*size)++] = (char)(bits >> count & 0xff);
		}
	}
	(*out)[*size] = '\0';
	return letter_count % 4 == 1 ? fail(out, err) : 0;
}
