/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions for an unknown word. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

#include <oci/text.h>

#include "base/buf.h"

/*
 * Adds ", did you mean 'X'?" if a name is similar, and the names, as ",
 * expected one of a, b, c" if none is.
 */
int oci_suggest_text(struct oci_buf *out, const char *const *names,
		     size_t count, const char *word, struct oci_error *err);

#endif
