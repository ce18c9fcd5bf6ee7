/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in a zip file, as they are. libarchive composes the characters of a
 * name that is marked as UTF-8 (bit 11 of the general purpose flags), and of a
 * Unicode Path extra field, as layer/pax.h tells; it takes the bytes of a name
 * without that mark as they are. So it gets to read the file without the marks,
 * and with a Unicode Path that counts in the place of the name.
 */
#ifndef LAYER_ZIP_H
#define LAYER_ZIP_H

#include "layer/libarchive.h"

struct oci_zip;

/*
 * Makes archive read the zip file of fd, which is borrowed until *out is freed,
 * with archive_read_open1. *out is NULL, and archive as it was, if the file has
 * no such names or is no zip file that can be understood. Errors: OCI_E_NOMEM;
 * OCI_E_LIMIT and OCI_E_UNSUPPORTED if names or extra fields are too long.
 */
int oci_zip_attach(struct oci_zip **out, struct archive *archive, int fd,
		   struct oci_error *err);
/* After the archive was freed. NULL-safe. */
void oci_zip_free(struct oci_zip *zip);

#endif
