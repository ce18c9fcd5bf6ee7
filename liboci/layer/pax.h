/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the bytes of names in the extended headers of a tar. libarchive
 * composes their characters (Unicode normalization form C). Paths to exclude or
 * to remove then do not match, and two names can become equal. With the record
 * "hdrcharset=BINARY", libarchive keeps the bytes.
 */
#ifndef LAYER_PAX_H
#define LAYER_PAX_H

#include <stdbool.h>

#include <oci/stream.h>

/*
 * Makes a source that passes the tar `from` on, and adds this record to each
 * extended header with a name (POSIX.1-2008, pax, "pax Extended Header"). from
 * is borrowed. Bytes that are no tar, or after its end, are passed on
 * unchanged.
 *
 * Headers that readers interpret differently are corrected or refused
 * (OCI_E_CORRUPT): links, directories and devices have no bytes, whatever size
 * their headers have; a size is a number; a member has one extended header. A
 * global header with more than a comment is OCI_E_UNSUPPORTED, unless `layer`
 * is set, because engines ignore them. An extended header without room for the
 * record is OCI_E_LIMIT.
 */
int oci_pax_open(struct oci_source **out, struct oci_source *from, bool layer,
		 struct oci_error *err);

#endif
