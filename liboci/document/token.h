/* SPDX-License-Identifier: Apache-2.0 */
/* JSON answers of registries and token servers. */
#ifndef DOCUMENT_TOKEN_H
#define DOCUMENT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/text.h>

/* Reads "token" or "access_token" (the caller frees it), and "expires_in" or
 * 0. */
int oci_token_parse(char **token, int64_t *seconds, const char *text,
		    size_t size, struct oci_error *err);

/*
 * answer.c: reads the first error of an answer (distribution spec, "Error
 * codes"), or another explanation. text ends in a NUL. *code and *message are
 * "" if there is none; the caller frees them.
 */
int oci_answer_parse(char **code, char **message, const char *text,
		     size_t size, struct oci_error *err);

/* Adds the tags of an answer (distribution spec, "Listing tags") to *out. */
int oci_tags_parse(struct oci_strings *out, const char *text, size_t size,
		   struct oci_error *err);

#endif
