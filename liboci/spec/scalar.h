/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars with types: see decoder.h. */
#ifndef SPEC_SCALAR_H
#define SPEC_SCALAR_H

#include "spec/decoder.h"

/* bool: true or false. */
oci_decode_fn oci_decode_flag;
/* int64_t: octal permission bits, or keep. */
oci_decode_fn oci_decode_mode;
/* struct oci_plan_owner: "UID:GID", or keep. */
oci_decode_fn oci_decode_owner;
/* int64_t: seconds, a date of RFC 3339, or keep. */
oci_decode_fn oci_decode_mtime;
/* int64_t: a number of at most 1000. */
oci_decode_fn oci_decode_count;
/* int64_t: nanoseconds, from "1m30s". */
oci_decode_fn oci_decode_duration;
/* struct oci_plan_device: "c 10:229", "b 8:0" or "p". */
oci_decode_fn oci_decode_device;
/* const char *: the name or number of a signal. */
oci_decode_fn oci_decode_signal;

#endif
