/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 with padding. RFC 4648, section 4. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

#include <oci/error.h>

/* The caller frees *out. */
int oci_base64_encode(char **out, const void *data, size_t size,
		      struct oci_error *err);
/* Decodes to bytes with a NUL after them; padding may be absent. */
int oci_base64_decode(char **out, size_t *size, const char *text,
		      struct oci_error *err);

#endif
