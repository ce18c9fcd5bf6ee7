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
/*
 * Sets many keys to copies of their values at once, in any order: of equal
 * keys the last one counts. Inserting them one by one would take the square of
 * their number. The map is unchanged when it fails.
 */
int oci_pairs_merge(struct oci_pairs *map, const struct oci_pair *from,
		    size_t count, struct oci_error *err);
bool oci_strings_has(const struct oci_strings *list, const char *text);

/* Takes key out of the map, if it is there. */
void oci_pairs_remove(struct oci_pairs *map, const char *key);

#endif
