/* SPDX-License-Identifier: Apache-2.0 */
#include "say.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <oci/text.h>

#include "progress.h"

/* A conversion of printf: "%-14.19s". */
struct conversion {
	char flags[8];
	int width;	/* 0: none */
	int precision;	/* -1: none */
	char length[3]; /* "l", "ll", "z", "h", "hh" */
	char type;
};

/* A stream of open_memstream that cannot grow drops bytes, and neither ferror
 * nor fclose tells. */
static atomic_bool lost;

static void put(FILE *out, const void *data, size_t size)
{
	if (fwrite(data, 1, size, out) != size && out != stdout &&
	    out != stderr)
		lost = true;
}

static void put_char(FILE *out, int c)
{
	char one = (char)c;

	put(out, &one, 1);
}

static void put_text(FILE *out, const char *text)
{
	put(out, text, strlen(text));
}

/* For numbers. */
static void put_format(FILE *out, const char *fmt, ...) OCI_PRINTF(2, 3);

static void put_format(FILE *out, const char *fmt, ...)
{
	char text[512];
	va_list args;
	int size;

	va_start(args, fmt);
	size = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (size > 0)
		put_text(out, text);
}

/* glibc makes *text NULL, and succeeds, if there is no memory to cut it. */
int say_end(FILE *stream, char *const *text, int rc, struct oci_error *err)
{
	if (stream && fclose(stream) != 0)
		lost = true;
	if (rc || (stream && *text && !lost))
		return rc;
	return oci_error_set(err, OCI_E_NOMEM, "out of memory");
}

static const char *read_number(int *out, const char *p, va_list *args)
{
	*out = 0;
	if (*p == '*') {
		*out = va_arg(*args, int);
		return p + 1;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		if (*out < 10000)
			*out = *out * 10 + (*p - '0');
	return p;
}

static const char *read_conversion(struct conversion *c, const char *p,
				   va_list *args)
{
	size_t n = strspn(p, "-+ #0");

	*c = (struct conversion){ .precision = -1 };
	memcpy(c->flags, p, n < sizeof(c->flags) ? n : sizeof(c->flags) - 1);
	p = read_number(&c->width, p + n, args);
	if (*p == '.')
		p = read_number(&c->precision, p + 1, args);
	n = strspn(p, "hlzj");
	memcpy(c->length, p, n < sizeof(c->length) ? n : 2);
	c->type = p[n];
	return p + n + (p[n] != '\0');
}

static void pad(FILE *out, int count)
{
	for (; count > 0; count--)
		put_char(out, ' ');
}

/* Writes a text unless out is NULL. Returns its width in characters. */
static int write_escaped(FILE *out, const char *text, size_t size)
{
	char one[OCI_ESCAPE_ROOM];
	int width = 0;

	for (const char *end = text + size; text < end;) {
		text += oci_text_escape(one, text);
		for (const char *p = one; *p; p++)
			width += ((unsigned char)*p & 0xc0) != 0x80;
		if (out)
			put_text(out, one);
	}
	return width;
}

static void say_string(FILE *out, const struct conversion *c, const char *text)
{
	size_t size;
	int left;

	text = text ? text : "(null)";
	size = c->precision < 0 ? strlen(text)
				: strnlen(text, (size_t)c->precision);
	left = c->width - write_escaped(NULL, text, size);
	if (!strchr(c->flags, '-'))
		pad(out, left);
	write_escaped(out, text, size);
	if (strchr(c->flags, '-'))
		pad(out, left);
}

static intmax_t signed_of(const struct conversion *c, va_list *args)
{
	if (strcmp(c->length, "l") == 0)
		return va_arg(*args, long);
	if (strcmp(c->length, "ll") == 0)
		return va_arg(*args, long long);
	if (c->length[0] == 'z')
		return va_arg(*args, ssize_t);
	return c->length[0] == 'j' ? va_arg(*args, intmax_t)
				   : va_arg(*args, int);
}

static uintmax_t unsigned_of(const struct conversion *c, va_list *args)
{
	if (strcmp(c->length, "l") == 0)
		return va_arg(*args, unsigned long);
	if (strcmp(c->length, "ll") == 0)
		return va_arg(*args, unsigned long long);
	if (c->length[0] == 'z')
		return va_arg(*args, size_t);
	return c->length[0] == 'j' ? va_arg(*args, uintmax_t)
				   : va_arg(*args, unsigned);
}

static void say_conversion(FILE *out, const struct conversion *c, va_list *args)
{
	char format[32];

	switch (c->type) {
	case 's':
		say_string(out, c, va_arg(*args, const char *));
		return;
	case '%':
		put_char(out, '%');
		return;
	case 'c':
		put_char(out, va_arg(*args, int));
		return;
	case 'f':
		snprintf(format, sizeof(format), "%%%s*.*f", c->flags);
		put_format(out, format, c->width, c->precision,
			   va_arg(*args, double));
		return;
	case 'd':
	case 'i':
		snprintf(format, sizeof(format), "%%%s*.*jd", c->flags);
		put_format(out, format, c->width, c->precision,
			   signed_of(c, args));
		return;
	default:
		snprintf(format, sizeof(format), "%%%s*.*j%c", c->flags,
			 c->type);
		put_format(out, format, c->width, c->precision,
			   unsigned_of(c, args));
	}
}

int say_args(FILE *out, const char *fmt, va_list args)
{
	bool shown = out == stdout || out == stderr;
	va_list rest;

	va_copy(rest, args);
	if (shown)
		progress_hold();
	flockfile(out);
	while (*fmt) {
		struct conversion c;
		size_t size = strcspn(fmt, "%");

		put(out, fmt, size);
		fmt += size;
		if (!*fmt)
			break;
		fmt = read_conversion(&c, fmt + 1, &rest);
		say_conversion(out, &c, &rest);
	}
	funlockfile(out);
	if (shown)
		progress_release();
	va_end(rest);
	return 0;
}

int say(FILE *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say_args(out, fmt, args);
	va_end(args);
	return 0;
}

/* Writes a character of a JSON string. shown is the character, or its escape
 * such as "\x1b" or "\u202e" if it could control a terminal. */
static void json_character(FILE *out, const char *text, size_t size,
			   const char *shown)
{
	unsigned char c = (unsigned char)*text;

	if (shown[0] == '\\' && shown[1] == 'u' && size > 1)
		put_text(out, shown);
	else if (shown[0] == '\\' && shown[1] == 'x' && size == 1)
		put_format(out, c < 0x80 ? "\\u%04x" : "\\ufffd", c);
	else
		put(out, text, size);
}

static void json_text(FILE *out, const char *text)
{
	char one[OCI_ESCAPE_ROOM];

	while (*text) {
		size_t size = oci_text_escape(one, text);

		if (*text == '"' || *text == '\\')
			put_char(out, '\\');
		json_character(out, text, size, one);
		text += size;
	}
}

void say_json(FILE *out, const char *text)
{
	put_char(out, '"');
	json_text(out, text);
	put_char(out, '"');
}

void say_json_or_null(FILE *out, const char *text)
{
	if (text)
		say_json(out, text);
	else
		fputs("null", out);
}

void say_json_path(FILE *out, const char *path)
{
	put_text(out, "\"/");
	json_text(out, path);
	put_char(out, '"');
}

void say_json_document(FILE *out, const char *json)
{
	char one[OCI_ESCAPE_ROOM];

	while (*json) {
		size_t plain = strcspn(json, "\x7f\xc2\xd8\xe2\xef");
		size_t size;

		put(out, json, plain);
		json += plain;
		if (!*json)
			break;
		size = oci_text_escape(one, json);
		json_character(out, json, size, one);
		json += size;
	}
}

void say_github(FILE *out, const char *text, int property)
{
	char one[OCI_ESCAPE_ROOM];

	while (*text) {
		size_t size = oci_text_escape(one, text);
		unsigned char c = (unsigned char)*text;

		if (c == '%' || c == '\r' || c == '\n' ||
		    (property && (c == ',' || c == ':')))
			put_format(out, "%%%02X", c);
		else
			put_text(out, one);
		text += size;
	}
}

void say_uri(FILE *out, const char *text)
{
	put_char(out, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c > ' ' && c < 0x7f && !strchr("\"%<>[\\]^`{|}#?", c))
			put_char(out, c);
		else
			put_format(out, "%%%02X", c);
	}
	put_char(out, '"');
}

void say_bytes(FILE *out, const void *data, size_t size)
{
	put(out, data, size);
}
