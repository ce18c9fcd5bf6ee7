/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of a layer. */
#ifndef SPEC_ENTRY_H
#define SPEC_ENTRY_H

#include "spec/decoder.h"
#include "spec/plan.h"

/* struct oci_plan_entry; the inputs are found later. */
oci_decode_fn oci_decode_entry;
/* Returns the key of a kind: "from", "archive" and so on. */
const char *oci_entry_word(enum oci_plan_kind kind);

#endif
