/* SPDX-License-Identifier: Apache-2.0 */
#include "say.h"

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
		fputc(' ', out);
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
			fputs(one, out);
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
		fputc('%', out);
		return;
	case 'c':
		fputc(va_arg(*args, int), out);
		return;
	case 'f':
		snprintf(format, sizeof(format), "%%%s*.*f", c->flags);
		fprintf(out, format, c->width, c->precision,
			va_arg(*args, double));
		return;
	case 'd':
	case 'i':
		snprintf(format, sizeof(format), "%%%s*.*jd", c->flags);
		fprintf(out, format, c->width, c->precision,
			signed_of(c, args));
		return;
	default:
		snprintf(format, sizeof(format), "%%%s*.*j%c", c->flags,
			 c->type);
		fprintf(out, format, c->width, c->precision,
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

		fwrite(fmt, 1, size, out);
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
		fputs(shown, out);
	else if (shown[0] == '\\' && shown[1] == 'x' && size == 1)
		fprintf(out, c < 0x80 ? "\\u%04x" : "\\ufffd", c);
	else
		fwrite(text, 1, size, out);
}

static void json_text(FILE *out, const char *text)
{
	char one[OCI_ESCAPE_ROOM];

	while (*text) {
		size_t size = oci_text_escape(one, text);

		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		json_character(out, text, size, one);
		text += size;
	}
}

void say_json(FILE *out, const char *text)
{
	fputc('"', out);
	json_text(out, text);
	fputc('"', out);
}

void say_json_path(FILE *out, const char *path)
{
	fputs("\"/", out);
	json_text(out, path);
	fputc('"', out);
}

void say_json_document(FILE *out, const char *json)
{
	char one[OCI_ESCAPE_ROOM];

	while (*json) {
		size_t plain = strcspn(json, "\x7f\xc2\xd8\xe2\xef");
		size_t size;

		fwrite(json, 1, plain, out);
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
			fprintf(out, "%%%02X", c);
		else
			fputs(one, out);
		text += size;
	}
}

void say_uri(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c > ' ' && c < 0x7f && !strchr("\"%<>[\\]^`{|}#?", c))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
	}
	fputc('"', out);
}

void say_bytes(FILE *out, const void *data, size_t size)
{
	fwrite(data, 1, size, out);
}
