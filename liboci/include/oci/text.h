/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of strings and maps from string to string, as descriptors, configs
 * and specs hold them. Both own their strings. An all-zero struct is empty
 * and valid. Not safe for concurrent change.
 */
#ifndef OCI_TEXT_H
#define OCI_TEXT_H

#include <stddef.h>

#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_strings {
	char **items;		/* count strings, in the order given */
	size_t count;
	size_t capacity;
};

struct oci_pair {
	char *key;
	char *value;
};

struct oci_pairs {
	struct oci_pair *items;	/* sorted by the bytes of the key, unique */
	size_t count;
	size_t capacity;
};

/* Appends a copy of text. Fails only for want of memory. */
OCI_API int oci_strings_add(struct oci_strings *list, const char *text,
			    struct oci_error *err);
OCI_API void oci_strings_release(struct oci_strings *list);

/* Sets key to a copy of value, in place of an earlier value. */
OCI_API int oci_pairs_set(struct oci_pairs *map, const char *key,
			  const char *value, struct oci_error *err);
/* The value of key, borrowed, or NULL. */
OCI_API const char *oci_pairs_get(const struct oci_pairs *map, const char *key);
OCI_API void oci_pairs_release(struct oci_pairs *map);

/*
 * Returns the one of names that is nearest to word by edit distance, borrowed,
 * or NULL if none is near enough to have been meant. Upper and lower case count
 * as equal, as do "_" and "-".
 */
OCI_API const char *oci_text_nearest(const char *const *names, size_t count,
				     const char *word);

/*
 * Returns the path of the file beside path, which leads to none, that may have
 * been meant: its name is near, or is that of the spec for NAME.yaml. NULL if
 * there is none, the folder cannot be read, or memory ran out. The caller frees
 * it.
 */
OCI_API char *oci_text_nearest_file(const char *path);

/* Room for what stands for one character. */
#define OCI_ESCAPE_ROOM 12

/*
 * Makes text of others fit for terminals and logs. Writes the first character
 * of text, which is not empty, to out with a NUL behind it, as it is shown, and
 * returns how many bytes of text it stands for. Control characters and bytes
 * that are no UTF-8 become "\x1b", other characters that control (those of
 * ISO 6429's second set, line and paragraph separators, and those that change
 * the direction of writing) become "\u202e". All others stay.
 */
OCI_API size_t oci_text_escape(char out[OCI_ESCAPE_ROOM], const char *text);

#ifdef __cplusplus
}
#endif

#endif
