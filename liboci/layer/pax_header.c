/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of a tar header: POSIX.1-2008, pax, "ustar Interchange Format". */
#include "layer/pax_header.h"

#include <stdio.h>
#include <string.h>

enum {
	SIZE = 124,
	SIZE_ROOM = 12,
	CHECKSUM = 148,
	CHECKSUM_ROOM = 8,
};

static bool read_number(uint64_t *out, const unsigned char *field, size_t room)
{
	size_t i = 0;

	*out = 0;
	if (field[0] == 0x80) {
		for (i = 1; i < room; i++) {
			if (*out >> 55)
				return false;
			*out = *out << 8 | field[i];
		}
		return true;
	}
	while (i < room && field[i] == ' ')
		i++;
	for (; i < room && field[i] >= '0' && field[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(field[i] - '0');
	return i == room || field[i] == ' ' || !field[i];
}

/* Adds the bytes of a header, with blanks for the checksum itself. Old programs
 * added signed bytes. */
static void sum_up(unsigned *plain, unsigned *with_sign,
		   const unsigned char *header)
{
	*plain = *with_sign = CHECKSUM_ROOM * ' ';
	for (int i = 0; i < OCI_PAX_BLOCK; i++) {
		if (i >= CHECKSUM && i < CHECKSUM + CHECKSUM_ROOM)
			continue;
		*plain += header[i];
		*with_sign += (unsigned)(int)(signed char)header[i];
	}
}

bool oci_pax_is_header(const unsigned char *block)
{
	unsigned plain, with_sign;
	uint64_t wanted;

	sum_up(&plain, &with_sign, block);
	return read_number(&wanted, block + CHECKSUM, CHECKSUM_ROOM) &&
	       (wanted == plain || wanted == with_sign);
}

bool oci_pax_size(uint64_t *out, const unsigned char *header)
{
	return read_number(out, header + SIZE, SIZE_ROOM);
}

void oci_pax_set_size(unsigned char *header, uint64_t size)
{
	unsigned plain, with_sign;
	char text[24];

	snprintf(text, sizeof(text), "%011llo", (unsigned long long)size);
	memcpy(header + SIZE, text, SIZE_ROOM);
	sum_up(&plain, &with_sign, header);
	snprintf(text, sizeof(text), "%06o", plain);
	memcpy(header + CHECKSUM, text, 7);
	header[CHECKSUM + 7] = ' ';
}

uint64_t oci_pax_padded(uint64_t size)
{
	return size + (OCI_PAX_BLOCK - size % OCI_PAX_BLOCK) % OCI_PAX_BLOCK;
}
