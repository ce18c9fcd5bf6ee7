/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions for keys of other tools' files and for missing inputs. */
#ifndef SPEC_SUGGESTION_H
#define SPEC_SUGGESTION_H

#include "base/buf.h"

/*
 * Returns what to write instead of a key that is unknown in noun ("the spec",
 * "a layer", "an entry", "'config'"): a text that begins with "expected". NULL
 * if there is no suggestion. Ignores case, and treats "_" as "-".
 */
const char *oci_suggest_key(const char *noun, const char *key);

/*
 * Adds a suggestion for the input path, which does not exist and is `pattern`
 * in the spec, under key (NULL: a base that may be in a registry): a file with
 * a similar name, an image in a registry, or a package that has to be fetched
 * first. Adds nothing if there is no suggestion.
 */
int oci_suggest_input(struct oci_buf *out, const char *key, const char *pattern,
		      const char *path, struct oci_error *err);

#endif
