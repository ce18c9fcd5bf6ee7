/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the bytes of names in a zip file. libarchive composes the characters
 * (see layer/pax.h) of names that are marked as UTF-8 (bit 11 of the general
 * purpose flags) or that are in a Unicode Path extra field. It keeps the bytes
 * of other names. So libarchive gets the file without the marks, and with the
 * name of a valid Unicode Path in the place of the name.
 */
#ifndef LAYER_ZIP_H
#define LAYER_ZIP_H

#include "layer/libarchive.h"

struct oci_zip;

/*
 * Makes archive read the zip file of fd, which is borrowed until *out is freed,
 * with archive_read_open1. If the file needs no edits or is not understood,
 * *out is NULL and archive is unchanged. Errors: OCI_E_NOMEM; OCI_E_LIMIT and
 * OCI_E_UNSUPPORTED if names or extra fields are too long.
 */
int oci_zip_attach(struct oci_zip **out, struct archive *archive, int fd,
		   struct oci_error *err);
/* Called after the archive was freed. NULL-safe. */
void oci_zip_free(struct oci_zip *zip);

#endif
