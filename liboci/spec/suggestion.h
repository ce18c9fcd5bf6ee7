/* SPDX-License-Identifier: Apache-2.0 */
/* What was meant by keys and names of other tools' files. */
#ifndef SPEC_SUGGESTION_H
#define SPEC_SUGGESTION_H

#include "base/buf.h"

/*
 * What to write instead of a key that is unknown in noun ("the spec", "a
 * layer", "an entry", "'config'"): a text that begins with "expected". NULL if
 * nothing is known of it. Upper and lower case are one, as are "_" and "-".
 */
const char *oci_suggest_key(const char *noun, const char *key);

/*
 * Adds what was meant by the input path, which is not there and stands in the
 * spec as pattern under key, NULL for a base that may be in a registry: a file
 * beside it, a name in a registry, a package that is not a file yet. Adds
 * nothing if nothing is near.
 */
int oci_suggest_input(struct oci_buf *out, const char *key, const char *pattern,
		      const char *path, struct oci_error *err);

#endif
