/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of an entry for extended attributes. */
#ifndef SPEC_EXTENDED_H
#define SPEC_EXTENDED_H

#include "spec/decoder.h"

/* Both decoders add to a struct oci_plan_extended. */

/* File capabilities in the syntax of capabilities(7) and cap_from_text(3):
 * clauses such as "cap_net_raw,cap_net_admin=ep", separated by blanks. */
oci_decode_fn oci_decode_capabilities;
/* A mapping of names to values in the syntax of setfattr(1): a text, or 0x and
 * hexadecimal digits, or 0s and base64. */
oci_decode_fn oci_decode_xattrs;

#endif
