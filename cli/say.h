/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that the command writes for people and programs. Texts of images,
 * registries and files are foreign: they pass through here alone, and cannot
 * make a terminal or a CI system do anything. `make lint` keeps other files of
 * cli/ from writing.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <oci/error.h>

/*
 * printf, with each %s escaped by oci_text_escape; what fmt says itself stays.
 * The precision of %s counts bytes before that, its width characters after it.
 * Returns 0; whether it was written, the stream knows.
 */
int say(FILE *out, const char *fmt, ...) OCI_PRINTF(2, 3);
int say_args(FILE *out, const char *fmt, va_list args) OCI_PRINTF(2, 0);
/* Text in quotes as JSON has it; bytes that are no UTF-8 become U+FFFD. */
void say_json(FILE *out, const char *text);
/* A JSON document as it is, but for characters that control a terminal, which
 * it can only have in its texts: they become \uXXXX. */
void say_json_document(FILE *out, const char *json);
/* The message, or a property, of a workflow command of GitHub. */
void say_github(FILE *out, const char *text, int property);
/* A relative URI reference in quotes: RFC 3986. */
void say_uri(FILE *out, const char *text);
/* Bytes as they are, where they were asked for so. */
void say_bytes(FILE *out, const void *data, size_t size);

#endif
