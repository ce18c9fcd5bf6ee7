/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting what is reported of a spec. */
#ifndef TOLD_H
#define TOLD_H

#include <string.h>

#include "base/buf.h"

/* What was reported, a line each, as if the folder had been ".". */
struct told {
	struct oci_buf text;
	const char *folder;
	size_t lines;
};

static inline void tell(void *data, const char *line)
{
	struct told *told = data;
	size_t size = strlen(told->folder);
	const char *found;

	while (size && (found = strstr(line, told->folder)) != NULL) {
		assert_int_equal(oci_buf_add(&told->text, line,
					     (size_t)(found - line), NULL), 0);
		line = found + size;
		if (*line == '/')
			line++;
		else
			oci_buf_text(&told->text, ".", NULL);
	}
	oci_buf_format(&told->text, NULL, "%s\n", line);
	told->lines++;
}

static inline void told_init(struct told *told, const char *folder)
{
	*told = (struct told){.folder = folder};
	oci_buf_init(&told->text, 1 << 20);
}

#endif
