/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that differ between two texts. */
#ifndef CLI_TEXT_DIFF_H
#define CLI_TEXT_DIFF_H

#include "cli.h"

/* Texts of more lines, or with more lines that differ, are told to differ from
 * the first to the last line that differs. */
enum { TEXT_DIFF_LINES = 20000, TEXT_DIFF_CHANGES = 500 };

/* Whether the bytes are a text: they have no NUL. */
bool text_diff_is_text(const char *data, size_t size);
/* Writes the hunks of a unified diff of two texts, with the bytes of the lines
 * as they are. */
int text_diff(FILE *out, const struct oci_file_bytes *a,
	      const struct oci_file_bytes *b, struct oci_error *err);

#endif
