/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of a Dockerfile's instruction as texts of a spec: without quotes, and
 * with values, or ${NAME} of the spec, in place of variables. Dockerfile
 * reference, "Environment replacement".
 */
#ifndef CLI_DOCKERWORDS_H
#define CLI_DOCKERWORDS_H

#include <stdbool.h>

#include <oci/error.h>
#include <oci/text.h>

struct dockerwords {
	struct oci_pairs env;	/* ENV: values as texts of a spec */
	struct oci_pairs args;	/* ARG: they become variables of the spec */
	char escape;
	char unknown[64];	/* a variable that is neither; or empty */
};

/* Returns the text for a variable, borrowed, or NULL; room is for it. */
const char *dockerwords_value(const struct dockerwords *words, const char *name,
			      char room[128]);
/*
 * Reads the next word of *text, up to a blank, and moves *text behind it. *out
 * is NULL at the end; the caller frees it. If a variable is not known,
 * words->unknown is set and the variable is left out.
 */
int dockerwords_next(char **out, struct dockerwords *words, const char **text,
		     struct oci_error *err);
/* Reads all of text as one word, blanks included. */
int dockerwords_whole(char **out, struct dockerwords *words, const char *text,
		      struct oci_error *err);
/* Reads a text in which quotes stand for themselves: a here-document. */
int dockerwords_text(char **out, struct dockerwords *words, const char *text,
		     struct oci_error *err);
/* Splits text into words; the caller releases *out in any case. */
int dockerwords_split(struct oci_strings *out, struct dockerwords *words,
		      const char *text, struct oci_error *err);
/* Reads a JSON array of texts, without variables, as the exec form has it. Sets
 * *is_json; if it is false, text is in the shell form. */
int dockerwords_json(struct oci_strings *out, bool *is_json, const char *text,
		     struct oci_error *err);

/* Copies a text in which nothing is a variable. The caller frees *out. */
int dockerwords_literal(char **out, const char *text, struct oci_error *err);

void dockerwords_release(struct dockerwords *words);

#endif
