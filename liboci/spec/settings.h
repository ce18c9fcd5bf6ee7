/* SPDX-License-Identifier: Apache-2.0 */
/* The 'config' of a spec, which says how a container starts. */
#ifndef SPEC_SETTINGS_H
#define SPEC_SETTINGS_H

#include "spec/decoder.h"

/* struct oci_plan_settings. */
oci_decode_fn oci_decode_settings;

#endif
