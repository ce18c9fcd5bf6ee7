/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in the extended headers of a tar, as they are. libarchive composes the
 * characters of such a name (Unicode normalization form C), which makes another
 * name of it: what is to be left out or removed is not found, and two names
 * become one. A header that says "hdrcharset=BINARY" keeps its bytes.
 */
#ifndef LAYER_PAX_H
#define LAYER_PAX_H

#include <stdbool.h>

#include <oci/stream.h>

/*
 * A source that passes the tar `from` on, and adds that record to each extended
 * header with a name (POSIX.1-2008, pax, "pax Extended Header"). from is
 * borrowed. What is no tar, and what follows the end, passes as it is.
 *
 * What libarchive and other readers read differently is taken away or refused
 * (OCI_E_CORRUPT): links, directories and devices have no bytes, whatever size
 * their headers tell; a size is a number; a member has one extended header. A
 * global header that says more than a comment is OCI_E_UNSUPPORTED, unless
 * `layer` is set: engines pass over those. An extended header without room for
 * the record is OCI_E_LIMIT.
 */
int oci_pax_open(struct oci_source **out, struct oci_source *from, bool layer,
		 struct oci_error *err);

#endif
