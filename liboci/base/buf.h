/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte buffer that grows up to a limit. The data always ends in a NUL that
 * len does not count.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include <oci/error.h>

struct oci_buf {
	char *data;	/* NULL while empty */
	size_t len;
	size_t capacity;
	size_t max;	/* most bytes, without the NUL */
};

void oci_buf_init(struct oci_buf *buf, size_t max);
void oci_buf_release(struct oci_buf *buf);
/* The same, after overwriting a secret. */
void oci_buf_wipe(struct oci_buf *buf);
int oci_buf_add(struct oci_buf *buf, const void *data, size_t size,
		struct oci_error *err);
int oci_buf_text(struct oci_buf *buf, const char *text, struct oci_error *err);
int oci_buf_format(struct oci_buf *buf, struct oci_error *err, const char *fmt,
		   ...) OCI_PRINTF(3, 4);
/* Formats a text of at most max bytes; the caller frees *out, which is NULL
 * after a failure. */
int oci_format(char **out, size_t max, struct oci_error *err, const char *fmt,
	       ...) OCI_PRINTF(4, 5);
/* Makes room for size more bytes at data + len; the caller adds to len. */
int oci_buf_reserve(struct oci_buf *buf, size_t size, struct oci_error *err);
/* Moves the data to *out ("" if it is empty); the buffer is then empty. */
int oci_buf_detach(char **out, struct oci_buf *buf, struct oci_error *err);

#endif
