/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal digits, lower case. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/* Writes 2 * size digits and a NUL. */
void oci_hex_format(char *out, const unsigned char *data, size_t size);
/* Returns whether text is exactly count lower-case digits. */
bool oci_hex_valid(const char *text, size_t count);

#endif
