/* SPDX-License-Identifier: Apache-2.0 */
/* The 'lint' of a spec: exceptions to the rules, and a size budget. */
#ifndef SPEC_CHECKS_H
#define SPEC_CHECKS_H

#include "spec/decoder.h"

/* struct oci_spec_checks. */
oci_decode_fn oci_decode_checks;

#endif
