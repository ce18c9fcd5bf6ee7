/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded, growing byte buffer. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/wipe.h"

void oci_buf_init(struct oci_buf *buf, size_t max)
{
	*buf = (struct oci_buf){.max = max};
}

void oci_buf_release(struct oci_buf *buf)
{
	free(buf->data);
	oci_buf_init(buf, buf->max);
}

void oci_buf_wipe(struct oci_buf *buf)
{
	oci_wipe(buf->data, buf->capacity);
	oci_buf_release(buf);
}

int oci_buf_reserve(struct oci_buf *buf, size_t size, struct oci_error *err)
{
	size_t capacity = buf->capacity ? buf->capacity : 64;
	char *data;

	if (size > buf->max - buf->len)
		return oci_fail(err, OCI_E_LIMIT,
				"more than the limit of %zu bytes", buf->max);
	if (buf->len + size < buf->capacity)
		return 0;
	while (capacity <= buf->len + size)
		capacity *= 2;
	data = oci_wipe_realloc(buf->data, capacity);
	if (!data)
		return oci_fail_nomem(err);
	buf->data = data;
	buf->capacity = capacity;
	return 0;
}

int oci_buf_add(struct oci_buf *buf, const void *data, size_t size,
		struct oci_error *err)
{
	int rc = oci_buf_reserve(buf, size, err);

	if (rc)
		return rc;
	if (size)
		memcpy(buf->data + buf->len, data, size);
	buf->len += size;
	buf->data[buf->len] = '\0';
	return 0;
}

int oci_buf_text(struct oci_buf *buf, const char *text, struct oci_error *err)
{
	return oci_buf_add(buf, text, strlen(text), err);
}

static int vformat(struct oci_buf *buf, struct oci_error *err, const char *fmt,
		   va_list args)
{
	va_list again;
	int n, rc;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return oci_fail(err, OCI_E_INVALID, "text cannot be formatted");
	rc = oci_buf_reserve(buf, (size_t)n, err);
	if (rc)
		return rc;
	vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, args);
	buf->len += (size_t)n;
	return 0;
}

int oci_buf_format(struct oci_buf *buf, struct oci_error *err, const char *fmt,
		   ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = vformat(buf, err, fmt, args);
	va_end(args);
	return rc;
}

int oci_format(char **out, size_t max, struct oci_error *err, const char *fmt,
	       ...)
{
	struct oci_buf buf;
	va_list args;
	int rc;

	*out = NULL;
	oci_buf_init(&buf, max);
	va_start(args, fmt);
	rc = vformat(&buf, err, fmt, args);
	va_end(args);
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}

int oci_buf_detach(char **out, struct oci_buf *buf, struct oci_error *err)
{
	int rc = oci_buf_add(buf, "", 0, err);

	*out = NULL;
	if (rc)
		return rc;
	*out = buf->data;
	oci_buf_init(buf, buf->max);
	return 0;
}
