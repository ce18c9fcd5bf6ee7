/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of the archives that images travel in. Their members have short
 * names and nothing but a size and a time, and the size is known only when
 * the bytes are written: so the header is made last and put in front.
 * (Layers, which hold anything, are written by libarchive in layer/.)
 */
#ifndef STORE_USTAR_H
#define STORE_USTAR_H

#include <stdint.h>

#include <oci/error.h>

enum { OCI_USTAR_BLOCK = 512 };

/* A header for a file, or for a folder where name ends in "/". name has at
 * most 100 bytes. POSIX.1-2008, pax, "ustar Interchange Format"; a size of 8
 * GiB or more, or a time after 2242, is in base 256, as GNU tar writes it. */
int oci_ustar_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		     uint64_t size, int64_t mtime, struct oci_error *err);
/* The bytes that a member of size takes after its header. */
uint64_t oci_ustar_padded(uint64_t size);

#endif
