/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the word that was meant. */
#ifndef SPEC_SUGGEST_H
#define SPEC_SUGGEST_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The name nearest to word, or NULL where none is near. Upper and lower case
 * are one, as are "_" and "-".
 */
const char *oci_suggest(const char *const *names, size_t count,
			const char *word);
/*
 * Adds ", did you mean 'X'?" where something is near, and the names there
 * are: ", expected one of a, b, c".
 */
int oci_suggest_text(struct oci_buf *out, const char *const *names,
		     size_t count, const char *word, struct oci_error *err);

#endif
