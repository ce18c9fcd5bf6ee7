/* SPDX-License-Identifier: Apache-2.0 */
/* One ustar header: POSIX.1-2008, pax, "ustar Interchange Format". */
#include "store/ustar.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define OCTAL_MAX UINT64_C(077777777777)

/* Offsets and widths of the header's fields. */
enum {
	NAME = 0,
	NAME_ROOM = OCI_USTAR_NAME,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	NUMBER_ROOM = 12,
	MTIME = 136,
	CHECKSUM = 148,
	CHECKSUM_ROOM = 8,
	TYPE = 156,
	MAGIC = 257
};

static void put_octal(unsigned char *field, int digits, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*llo", digits,
		 (unsigned long long)value);
	memcpy(field, text, (size_t)digits + 1);
}

/* Writes a size or a time; their fields have the same width. */
static void put_number(unsigned char *field, uint64_t value)
{
	if (value <= OCTAL_MAX) {
		put_octal(field, NUMBER_ROOM - 1, value);
		return;
	}
	field[0] = 0x80;
	for (int i = NUMBER_ROOM - 1; i > 0; i--) {
		field[i] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
}

/* Writes at most NAME_ROOM bytes of name. */
static void put_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		       char type, uint64_t size, int64_t mtime)
{
	size_t length = strlen(name);
	unsigned sum = 0;

	memset(out, 0, OCI_USTAR_BLOCK);
	memcpy(out + NAME, name, length < NAME_ROOM ? length : NAME_ROOM);
	put_octal(out + MODE, 7, type == '5' ? 0755 : 0644);
	put_octal(out + UID, 7, 0);
	put_octal(out + GID, 7, 0);
	put_number(out + SIZE, size);
	put_number(out + MTIME, mtime < 0 ? 0 : (uint64_t)mtime);
	out[TYPE] = (unsigned char)type;
	memcpy(out + MAGIC, "ustar\00000", 8);
	memset(out + CHECKSUM, ' ', CHECKSUM_ROOM);
	for (int i = 0; i < OCI_USTAR_BLOCK; i++)
		sum += out[i];
	put_octal(out + CHECKSUM, 6, sum);
}

int oci_ustar_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		     uint64_t size, int64_t mtime, struct oci_error *err)
{
	size_t length = strlen(name);

	if (length == 0 || length > NAME_ROOM)
		return oci_fail(err, OCI_E_LIMIT,
				"member name '%s' is too long", name);
	put_header(out, name, name[length - 1] == '/' ? '5' : '0', size, mtime);
	return 0;
}

bool oci_ustar_is_long(const char *name)
{
	return strlen(name) > NAME_ROOM;
}

void oci_ustar_long_name(unsigned char out[OCI_USTAR_LONG], const char *name,
			 int64_t mtime)
{
	char *record = (char *)out + OCI_USTAR_BLOCK;
	/* "NNN path=NAME\n": names have 101 to about 200 bytes. */
	int size = (int)strlen(name) + 3 + (int)strlen(" path=\n");

	memset(out, 0, OCI_USTAR_LONG);
	put_header(out, "PaxHeaders/name", 'x', (uint64_t)size, mtime);
	snprintf(record, OCI_USTAR_BLOCK, "%d path=%s\n", size, name);
}

uint64_t oci_ustar_padded(uint64_t size)
{
	return (size + OCI_USTAR_BLOCK - 1) / OCI_USTAR_BLOCK *
	       OCI_USTAR_BLOCK;
}
