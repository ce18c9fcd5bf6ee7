/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of strings and maps from string to string, as members of descriptors,
 * configs and specs. Both own their strings. An all-zero struct is empty and
 * may be released. While one thread changes a list or map, no other thread may
 * use it.
 */
#ifndef OCI_TEXT_H
#define OCI_TEXT_H

#include <stddef.h>

#include <oci/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_strings {
	char **items;		/* count strings, in the order of adding */
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

/* Appends a copy of text. Errors: OCI_E_NOMEM. */
OCI_API int oci_strings_add(struct oci_strings *list, const char *text,
			    struct oci_error *err);
OCI_API void oci_strings_release(struct oci_strings *list);

/* Sets key to a copy of value, in place of an earlier value. */
OCI_API int oci_pairs_set(struct oci_pairs *map, const char *key,
			  const char *value, struct oci_error *err);
/* Returns the value of key, borrowed, or NULL. */
OCI_API const char *oci_pairs_get(const struct oci_pairs *map, const char *key);
OCI_API void oci_pairs_release(struct oci_pairs *map);

/*
 * Returns the member of `names` that is nearest to word by edit distance,
 * borrowed; NULL if none is near enough to be a correction of word. Upper and
 * lower case count as equal, and so do "_" and "-".
 */
OCI_API const char *oci_text_nearest(const char *const *names, size_t count,
				     const char *word);

/*
 * Suggests a file for a path that does not exist: NAME.spec for NAME.yaml,
 * NAME.yml or NAME.json; otherwise a file in the same folder with a name near
 * to that of path (oci_text_nearest). Returns the path of that file, which the
 * caller frees; NULL if there is no such file.
 */
OCI_API char *oci_text_nearest_file(const char *path);

/* Room for one character as oci_text_escape writes it, with its NUL. */
#define OCI_ESCAPE_ROOM 12

/*
 * Makes foreign text safe for terminals and logs, one character a call. Writes
 * the first character of text to out and appends a NUL. text is not empty.
 * Returns the number of bytes that this character has in text. ASCII control
 * characters and bytes that are not UTF-8 are written like "\x1b". C1 controls
 * (ISO 6429), line and paragraph separators, and characters that change the
 * direction of writing are written like "\u202e". Other characters are copied.
 */
OCI_API size_t oci_text_escape(char out[OCI_ESCAPE_ROOM], const char *text);

#ifdef __cplusplus
}
#endif

#endif
