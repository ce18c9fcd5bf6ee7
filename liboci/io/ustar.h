/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of tars: fields of a header (POSIX.1-2008, pax, "ustar Interchange
 * Format"), and records of an extended header ("pax Extended Header").
 */
#ifndef IO_USTAR_H
#define IO_USTAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OCI_USTAR_BLOCK = 512,
	OCI_USTAR_NAME = 100,	/* bytes that a header has for a name */
	OCI_USTAR_LINK = 100,	/* for the target of a link */
	OCI_USTAR_PREFIX = 155, /* for the folder before the name */
	/* The most bytes of an extended header that libarchive and Go's
	 * archive/tar, which engines use, read. */
	OCI_USTAR_RECORDS_MAX = 1024 * 1024,
};

/* Offsets of the fields. The name is at 0. */
enum {
	OCI_USTAR_AT_MODE = 100,
	OCI_USTAR_AT_UID = 108,
	OCI_USTAR_AT_GID = 116,
	OCI_USTAR_AT_SIZE = 124,
	OCI_USTAR_AT_MTIME = 136,
	OCI_USTAR_AT_TYPE = 156,
	OCI_USTAR_AT_LINK = 157,
	OCI_USTAR_AT_MAGIC = 257,
	OCI_USTAR_AT_MAJOR = 329,
	OCI_USTAR_AT_MINOR = 337,
	OCI_USTAR_AT_PREFIX = 345,
};

/*
 * Writes value as `digits` octal digits, or as more of them, at most `most`.
 * The bytes of the field behind the digits are unchanged. A number that needs
 * more digits, or is negative, fills `room` bytes in base 256, as GNU tar
 * writes it.
 */
void oci_ustar_number(unsigned char *field, int digits, int most, int room,
		      int64_t value);
/* Sets the magic number, the version and, from all other bytes, the
 * checksum. */
void oci_ustar_finish(unsigned char *header);
/* Returns the bytes that a member of this size occupies after its header. */
uint64_t oci_ustar_padded(uint64_t size);

/* Returns whether a block has the checksum of a header. */
bool oci_ustar_is_header(const unsigned char *block);
/* Reads the size in a header. Returns whether it is a number, in octal digits
 * or base 256. */
bool oci_ustar_size(uint64_t *out, const unsigned char *header);
/* Sets the size and the checksum of a header. */
void oci_ustar_set_size(unsigned char *header, uint64_t size);

/* Returns the bytes of the record "LENGTH KEYNAME=VALUE\n", whose value has
 * size bytes. */
size_t oci_ustar_record_size(const char *key, const char *name, size_t size);
/* Writes that record, without a NUL. out has room for it. */
void oci_ustar_record(char *out, const char *key, const char *name,
		      const void *value, size_t size);

#endif
