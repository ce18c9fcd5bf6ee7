/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of the archives that images travel in. Their members have short
 * names and nothing but a size and a time, and the size is known only when
 * the bytes are written: so the header is made last and put in front.
 * (Layers, which hold anything, are written by libarchive in layer/.)
 */
#ifndef STORE_USTAR_H
#define STORE_USTAR_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/error.h>

enum {
	OCI_USTAR_BLOCK = 512,
	OCI_USTAR_LONG = 2 * OCI_USTAR_BLOCK,
	OCI_USTAR_NAME = 100 /* bytes that a header has for a name */
};

/* Whether a member of that name has a header of its own for the name. */
bool oci_ustar_is_long(const char *name);
/* That header, and its record, which come before the member's: such names are
 * those of blobs with SHA-512 digests. pax, "pax Extended Header". */
void oci_ustar_long_name(unsigned char out[OCI_USTAR_LONG], const char *name,
			 int64_t mtime);
/* A header for a file, or for a folder where name ends in "/". name has at
 * most OCI_USTAR_NAME bytes. POSIX.1-2008,
 * pax, "ustar Interchange Format"; a size of 8 GiB or more, or a time after
 * 2242, is in base 256, as GNU tar writes it. */
int oci_ustar_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		     uint64_t size, int64_t mtime, struct oci_error *err);
/* The bytes that a member of size takes after its header. */
uint64_t oci_ustar_padded(uint64_t size);

#endif
