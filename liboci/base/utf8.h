/* SPDX-License-Identifier: Apache-2.0 */
/* Checks UTF-8: RFC 3629. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool oci_utf8_valid(const char *text, size_t size);
/* Returns the length of the character at text; 0 if it is not UTF-8. */
size_t oci_utf8_size(const char *text, size_t left);

#endif
