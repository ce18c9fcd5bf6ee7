/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over files, for compilers that have no fuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, got = 1;

	while (file && got) {
		uint8_t *more = realloc(data, size + 65536);

		if (!more)
			break;
		data = more;
		got = fread(data + size, 1, 65536, file);
		size += got;
	}
	if (!file || ferror(file) || got) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return failed;
}
