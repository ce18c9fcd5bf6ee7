/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of strings, and what oci/text.h offers. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>

#include <oci/text.h>

/* *out is a copy that the caller frees. */
int oci_text_copy(char **out, const char *text, struct oci_error *err);
/* Frees *field and puts a copy of text there; NULL empties the field. */
int oci_text_set(char **field, const char *text, struct oci_error *err);
/* Frees a secret, with nothing of it left in memory. NULL-safe. */
void oci_text_wipe(char *text);
/* The same for all of a list. */
void oci_strings_wipe(struct oci_strings *list);
bool oci_strings_has(const struct oci_strings *list, const char *text);

/* Takes key out of the map, if it is there. */
void oci_pairs_remove(struct oci_pairs *map, const char *key);

#endif
