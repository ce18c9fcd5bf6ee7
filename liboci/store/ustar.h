/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers of the tar archives of images. Their members have short names, a size
 * and a time, and nothing else. The size is known when the bytes have been
 * written, so the header is written last. (layer/tar_header.c makes the headers
 * of layers.)
 */
#ifndef STORE_USTAR_H
#define STORE_USTAR_H

#include <oci/error.h>

#include "io/ustar.h"

enum { OCI_USTAR_LONG = 2 * OCI_USTAR_BLOCK };

/* Returns whether the name needs a pax header. */
bool oci_ustar_is_long(const char *name);
/* Makes the pax header and its record, which precede the member's header. Blobs
 * with SHA-512 digests have such names. POSIX.1-2008, pax, "pax Extended
 * Header". */
void oci_ustar_long_name(unsigned char out[OCI_USTAR_LONG], const char *name,
			 int64_t mtime);
/*
 * Makes a header for a file, or for a folder if name ends in "/". name has at
 * most OCI_USTAR_NAME bytes. POSIX.1-2008, pax, "ustar Interchange Format"; a
 * size of 8 GiB or more, or a time after 2242, is in base 256, as in GNU tar.
 */
int oci_ustar_header(unsigned char out[OCI_USTAR_BLOCK], const char *name,
		     uint64_t size, int64_t mtime, struct oci_error *err);

#endif
