/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the targets: inputs as texts, as files, and in parts. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oci/oci.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A fault of the library ends the run. */
#define target_check(right)                                                    \
	do {                                                                   \
		if (!(right))                                                  \
			abort();                                               \
	} while (0)

/* Returns the bytes with a NUL after them; the caller frees the text. */
static inline char *target_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	target_check(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

static inline void target_write(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	target_check(file && fwrite(data, 1, size, file) == size &&
		     fclose(file) == 0);
}

/* Makes a path of this process, which is always the same, in TMPDIR or /tmp. */
static inline void target_path(char path[256], const char *end)
{
	const char *temp = getenv("TMPDIR");

	snprintf(path, 256, "%s/liboci-fuzz-%ld%s", temp ? temp : "/tmp",
		 (long)getpid(), end);
}

/* Writes the bytes to a file of this process and returns its path. */
static inline const char *target_file(const uint8_t *data, size_t size)
{
	static char path[256];

	target_path(path, "");
	target_write(path, data, size);
	return path;
}

/* Returns the path of a folder of this process. */
static inline const char *target_folder(void)
{
	static char path[256];

	target_path(path, ".d");
	mkdir(path, 0700);
	return path;
}

/* Returns the path of a file in that folder: one of four buffers in turn. */
static inline const char *target_in_folder(const char *name)
{
	static char paths[4][512];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	target_check(snprintf(path, sizeof(paths[0]), "%s/%s", target_folder(),
			      name) < (int)sizeof(paths[0]));
	return path;
}

/* Returns the size of the part that data starts with. The bytes ff fe fd and
 * one that says what the next part is end a part. */
static inline size_t target_part(const uint8_t *data, size_t size)
{
	size_t n = 0;

	while (n < size &&
	       (size - n < 4 || memcmp(data + n, "\xff\xfe\xfd", 3) != 0))
		n++;
	return n;
}

#endif
