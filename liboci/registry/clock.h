/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGISTRY_CLOCK_H
#define REGISTRY_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock. */
int64_t oci_clock(void);

#endif
