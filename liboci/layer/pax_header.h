/* SPDX-License-Identifier: Apache-2.0 */
/* Header blocks of a tar. */
#ifndef LAYER_PAX_HEADER_H
#define LAYER_PAX_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OCI_PAX_BLOCK = 512,
	OCI_PAX_TYPE = 156, /* offset of the type */
};

/* Returns whether a block has the checksum of a header. */
bool oci_pax_is_header(const unsigned char *block);
/* Reads the size in a header. Returns whether it is a number, in octal digits
 * or GNU's base 256. */
bool oci_pax_size(uint64_t *out, const unsigned char *header);
/* Sets the size and the checksum of a header. */
void oci_pax_set_size(unsigned char *header, uint64_t size);
/* Rounds size up to whole blocks. */
uint64_t oci_pax_padded(uint64_t size);

#endif
