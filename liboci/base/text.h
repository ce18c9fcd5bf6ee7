/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of strings; adds to oci/text.h. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>

#include <oci/text.h>

/* *out is a copy that the caller frees. */
int oci_text_copy(char **out, const char *text, struct oci_error *err);
/* Frees *field and puts a copy of text there; NULL empties the field. */
int oci_text_set(char **field, const char *text, struct oci_error *err);
/* Overwrites and frees a secret. NULL-safe. */
void oci_text_wipe(char *text);
/* The same for all texts of a list. */
void oci_strings_wipe(struct oci_strings *list);
/*
 * Sets many keys to copies of their values, in any order: of equal keys, the
 * last one counts. Inserting them one by one would take time in proportion to
 * the square of their number. If it fails, the map is unchanged.
 */
int oci_pairs_merge(struct oci_pairs *map, const struct oci_pair *from,
		    size_t count, struct oci_error *err);
bool oci_strings_has(const struct oci_strings *list, const char *text);

/* Removes key from the map if it is there. */
void oci_pairs_remove(struct oci_pairs *map, const char *key);

#endif
