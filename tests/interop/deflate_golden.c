/* SPDX-License-Identifier: Apache-2.0 */
/* Whether this architecture's compressor writes the bytes of the format. */
#include <stdio.h>

#include "deflate_inputs.h"

int main(void)
{
	int failed = 0;

	for (int level = 1; level <= OCI_DEFLATE_LEVELS; level++) {
		uint64_t got = golden_hash(level);

		printf("%d %016llx\n", level, (unsigned long long)got);
		failed |= got != golden[level];
	}
	return failed;
}
