/* SPDX-License-Identifier: Apache-2.0 */
/* Whether bytes are UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool oci_utf8_valid(const char *text, size_t size);
/* The length of the character that text starts with, 0 when it is none. */
size_t oci_utf8_size(const char *text, size_t left);

#endif
