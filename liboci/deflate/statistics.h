/* SPDX-License-Identifier: Apache-2.0 */
/* How often each symbol occurs in a block, and where a new block pays. */
#ifndef DEFLATE_STATISTICS_H
#define DEFLATE_STATISTICS_H

#include <stdbool.h>

#include "deflate/symbol.h"

enum { OCI_LOG_BITS = 10 };

/* Binary logarithms of 1 + i / 2^OCI_LOG_BITS, times 2^OCI_LOG_BITS. */
struct oci_logarithms {
	uint16_t of[1 << OCI_LOG_BITS];
};

/* Zero it to start with an empty block. */
struct oci_statistics {
	uint32_t counts[OCI_SYMBOLS];
	uint64_t weights[OCI_SYMBOLS]; /* count times its logarithm */
};

void oci_logarithms_fill(struct oci_logarithms *logs);

/*
 * Adds the counts of the next piece of input to those of the block. Returns
 * false, and adds nothing, if codes of its own would make the piece smaller by
 * more than `bits`, which a new block costs. To an empty block it adds
 * everything.
 */
bool oci_statistics_add(struct oci_statistics *block, const uint32_t *counts,
			unsigned bits, const struct oci_logarithms *logs);

#endif
