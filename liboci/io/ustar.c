/* SPDX-License-Identifier: Apache-2.0 */
#include "io/ustar.h"

#include <stdio.h>
#include <string.h>

enum {
	SIZE_ROOM = 12,
	CHECKSUM = 148,
	CHECKSUM_ROOM = 8,
};

static void put_octal(unsigned char *field, int digits, uint64_t value)
{
	for (; digits; value >>= 3)
		field[--digits] = (unsigned char)('0' + (value & 7));
}

void oci_ustar_number(unsigned char *field, int digits, int most, int room,
		      int64_t value)
{
	uint64_t bits = (uint64_t)value;
	unsigned char sign = value < 0 ? 0xff : 0;

	while (digits < most && bits >> 3 * digits)
		digits++;
	if (!(bits >> 3 * digits)) {
		put_octal(field, digits, bits);
		return;
	}
	for (int i = 0; i < room; i++)
		field[room - 1 - i] =
			(unsigned char)(i < 8 ? bits >> 8 * i : sign);
	field[0] |= 0x80;
}

/* Adds the bytes of a header, with blanks for the checksum itself. Old programs
 * added signed bytes. */
static void sum_up(unsigned *plain, unsigned *with_sign,
		   const unsigned char *header)
{
	*plain = *with_sign = CHECKSUM_ROOM * ' ';
	for (int i = 0; i < OCI_USTAR_BLOCK; i++) {
		if (i >= CHECKSUM && i < CHECKSUM + CHECKSUM_ROOM)
			continue;
		*plain += header[i];
		*with_sign += (unsigned)(int)(signed char)header[i];
	}
}

static void put_checksum(unsigned char *header)
{
	unsigned plain, with_sign;

	sum_up(&plain, &with_sign, header);
	put_octal(header + CHECKSUM, 6, plain);
	memcpy(header + CHECKSUM + 6, "\0 ", 2);
}

void oci_ustar_finish(unsigned char *header)
{
	memcpy(header + OCI_USTAR_AT_MAGIC, "ustar\00000", 8);
	put_checksum(header);
}

uint64_t oci_ustar_padded(uint64_t size)
{
	return size +
	       (OCI_USTAR_BLOCK - size % OCI_USTAR_BLOCK) % OCI_USTAR_BLOCK;
}

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

bool oci_ustar_is_header(const unsigned char *block)
{
	unsigned plain, with_sign;
	uint64_t wanted;

	sum_up(&plain, &with_sign, block);
	return read_number(&wanted, block + CHECKSUM, CHECKSUM_ROOM) &&
	       (wanted == plain || wanted == with_sign);
}

bool oci_ustar_size(uint64_t *out, const unsigned char *header)
{
	return read_number(out, header + OCI_USTAR_AT_SIZE, SIZE_ROOM);
}

void oci_ustar_set_size(unsigned char *header, uint64_t size)
{
	put_octal(header + OCI_USTAR_AT_SIZE, SIZE_ROOM - 1, size);
	header[OCI_USTAR_AT_SIZE + SIZE_ROOM - 1] = '\0';
	put_checksum(header);
}

static size_t count_digits(size_t number)
{
	size_t count = 1;

	while (number /= 10)
		count++;
	return count;
}

size_t oci_ustar_record_size(const char *key, const char *name, size_t size)
{
	size_t rest = strlen(key) + strlen(name) + size + strlen(" =\n");
	size_t digits = count_digits(rest);

	/* The digits themselves may add one digit. */
	return rest + count_digits(rest + digits);
}

void oci_ustar_record(char *out, const char *key, const char *name,
		      const void *value, size_t size)
{
	size_t all = oci_ustar_record_size(key, name, size);
	char *end = out + all - size - 1;

	snprintf(out, all, "%zu %s%s=", all, key, name);
	memcpy(end, value, size);
	end[size] = '\n';
}
