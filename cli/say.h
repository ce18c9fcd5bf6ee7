/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All output of the command. Texts of images, registries and files are escaped
 * here, so that they cannot control a terminal or a CI system. `make lint`
 * refuses output in other files of cli/.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <oci/error.h>

/*
 * Like printf(3), with each %s escaped by oci_text_escape. The precision of %s
 * counts bytes before escaping, its width characters after it. Returns 0; the
 * stream keeps errors.
 */
int say(FILE *out, const char *fmt, ...) OCI_PRINTF(2, 3);
int say_args(FILE *out, const char *fmt, va_list args) OCI_PRINTF(2, 0);
/* Writes a JSON string; bytes that are not UTF-8 become U+FFFD. */
void say_json(FILE *out, const char *text);
/* The same; null for NULL. */
void say_json_or_null(FILE *out, const char *text);
/* Like say_json, with a slash before the path. */
void say_json_path(FILE *out, const char *path);
/* Writes a JSON document unchanged, except that characters that control a
 * terminal become \uXXXX; they can only be in strings. */
void say_json_document(FILE *out, const char *json);
/* Writes the message, or a property, of a workflow command of GitHub. */
void say_github(FILE *out, const char *text, int property);
/* Writes a relative URI reference in quotes: RFC 3986. */
void say_uri(FILE *out, const char *text);
/* Writes bytes unchanged: the user asked for them. */
void say_bytes(FILE *out, const void *data, size_t size);

/*
 * Closes a stream of open_memstream to which the functions above wrote; NULL:
 * it could not be opened. text is where the stream leaves its text. Returns rc,
 * or OCI_E_NOMEM if rc is 0 and a part of the text was lost for lack of memory.
 */
int say_end(FILE *stream, char *const *text, int rc, struct oci_error *err);

#endif
