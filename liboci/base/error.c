/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors are formatted into the caller's struct without allocation, so that
 * running out of memory can be reported too.
 */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <oci/text.h>

const char *oci_version(void)
{
	return OCI_VERSION;
}

const char *oci_status_name(int status)
{
	static const char *const names[] = {
		"ok", "out of memory", "system error", "invalid", "not found",
		"conflict", "corrupt", "changed while read", "limit passed",
		"unsupported", "cancelled",
	};
	int i = -status;

	if (i < 0 || i >= (int)(sizeof(names) / sizeof(names[0])))
		return "unknown";
	return names[i];
}

/* Ends text with "..." at size bytes or before, without cutting a character. */
static void cut(char *text, size_t size)
{
	if (size > OCI_ERROR_MESSAGE - 4)
		size = OCI_ERROR_MESSAGE - 4;
	while (size && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	memcpy(text + size, "...", 4);
}

/* Escapes control characters of foreign names and texts: oci_text_escape. */
static void make_printable(char text[OCI_ERROR_MESSAGE])
{
	char out[OCI_ERROR_MESSAGE], one[OCI_ESCAPE_ROOM];
	size_t used = 0;

	for (const char *from = text; *from;) {
		size_t size;

		from += oci_text_escape(one, from);
		size = strlen(one);
		if (used + size >= sizeof(out)) {
			out[used] = '\0';
			cut(out, used);
			used = strlen(out);
			break;
		}
		memcpy(out + used, one, size);
		used += size;
	}
	memcpy(text, out, used);
	text[used] = '\0';
}

static void format_message(char *out, const char *fmt, va_list args)
{
	int n = vsnprintf(out, OCI_ERROR_MESSAGE, fmt, args);

	if (n < 0)
		out[0] = '\0';
	else if (n >= OCI_ERROR_MESSAGE)
		cut(out, OCI_ERROR_MESSAGE - 1);
	make_printable(out);
}

int oci_vfail(struct oci_error *err, enum oci_status status, const char *fmt,
	      va_list args)
{
	if (err) {
		err->status = status;
		err->system = 0;
		format_message(err->message, fmt, args);
	}
	return status;
}

int oci_error_set(struct oci_error *err, enum oci_status status,
		  const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	oci_vfail(err, status, fmt, args);
	va_end(args);
	return status;
}

static enum oci_status status_of_errno(int number)
{
	switch (number) {
	case ENOMEM:
		return OCI_E_NOMEM;
	case ENOENT:
	case ENOTDIR:
		return OCI_E_NOT_FOUND;
	case EEXIST:
		return OCI_E_CONFLICT;
	default:
		return OCI_E_SYSTEM;
	}
}

int oci_error_set_errno(struct oci_error *err, const char *fmt, ...)
{
	int number = errno;
	enum oci_status status = status_of_errno(number);
	char reason[128];
	va_list args;
	size_t used;

	if (!err)
		return status;
	va_start(args, fmt);
	oci_vfail(err, status, fmt, args);
	va_end(args);
	err->system = number;
	if (strerror_r(number, reason, sizeof(reason)) != 0)
		snprintf(reason, sizeof(reason), "error %d", number);
	used = strlen(err->message);
	snprintf(err->message + used, sizeof(err->message) - used, ": %s",
		 reason);
	make_printable(err->message);
	return status;
}

int oci_error_advise(struct oci_error *err, int status, const char *advice)
{
	size_t used;

	if (!err)
		return status;
	used = strlen(err->message);
	snprintf(err->message + used, sizeof(err->message) - used, ": %s",
		 advice);
	return status;
}

int oci_error_wrap(struct oci_error *err, int status, const char *fmt, ...)
{
	char context[OCI_ERROR_MESSAGE];
	size_t used, room, rest;
	va_list args;

	if (!err)
		return status;
	va_start(args, fmt);
	format_message(context, fmt, args);
	va_end(args);
	used = strlen(context);
	if (used + 3 > sizeof(err->message))
		return status;
	memcpy(context + used, ": ", 2);
	used += 2;
	room = sizeof(err->message) - used - 1;
	rest = strlen(err->message);
	if (rest > room)
		rest = room;
	memmove(err->message + used, err->message, rest);
	memcpy(err->message, context, used);
	err->message[used + rest] = '\0';
	/* The message may end in a cut character. */
	make_printable(err->message);
	return status;
}
