/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making errors. Each function returns the status it stored, so that a caller
 * can write `return oci_fail(err, OCI_E_INVALID, "...");`. err may be NULL.
 * Control characters from hostile names are escaped (oci_text_escape), so that
 * a message is one printable line.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include <oci/error.h>

int oci_fail(struct oci_error *err, enum oci_status status, const char *fmt,
	     ...) OCI_PRINTF(3, 4);
int oci_vfail(struct oci_error *err, enum oci_status status, const char *fmt,
	      va_list args) OCI_PRINTF(3, 0);
/* "CONTEXT: what errno says"; the status follows from errno. */
int oci_fail_errno(struct oci_error *err, const char *fmt, ...)
	OCI_PRINTF(2, 3);
int oci_fail_nomem(struct oci_error *err);
/* Puts ": ADVICE" behind the message there is; returns status. */
int oci_advise(struct oci_error *err, int status, const char *advice);
/* Puts "CONTEXT: " in front of the message there is; returns status. */
int oci_wrap(struct oci_error *err, int status, const char *fmt, ...)
	OCI_PRINTF(3, 4);

#endif
