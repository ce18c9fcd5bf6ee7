/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of an entry that give extended attributes. */
#ifndef SPEC_EXTENDED_H
#define SPEC_EXTENDED_H

#include "spec/decoder.h"

/* Both add to a struct oci_plan_extended. */

/* File capabilities as capabilities(7) and cap_from_text(3) write them:
 * "cap_net_raw,cap_net_admin=ep", clauses one behind the other. */
oci_decode_fn oci_decode_capabilities;
/* A mapping of names to values: a text, or 0x and hexadecimal digits, or 0s and
 * base64, as setfattr(1) takes them. */
oci_decode_fn oci_decode_xattrs;

#endif
