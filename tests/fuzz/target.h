/* SPDX-License-Identifier: Apache-2.0 */
/* What the targets share: inputs that the library wants as files. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <oci/oci.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file of this process with those bytes; the same path every time. */
static inline const char *target_file(const uint8_t *data, size_t size)
{
	static char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/tmp/liboci-fuzz-%ld", (long)getpid());
	file = fopen(path, "wb");
	if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
		abort();
	return path;
}

#endif
