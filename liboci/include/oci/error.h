/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How calls fail.
 *
 * A function that can fail returns 0 or a negative enum oci_status, and takes
 * a struct oci_error as its last parameter. The caller owns that struct and may
 * pass NULL. After a success the struct is unchanged. A function that passes an
 * error on puts its own context in front of the message, which therefore reads
 * from the outside in: "pack layer 'app': open 'bin/x': No such ...".
 */
#ifndef OCI_ERROR_H
#define OCI_ERROR_H

#include <oci/version.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oci_status {
	OCI_OK = 0,
	OCI_E_NOMEM = -1,	/* memory ran out */
	OCI_E_SYSTEM = -2,	/* a system call or a remote host failed */
	OCI_E_INVALID = -3,	/* an argument or an input is malformed */
	OCI_E_NOT_FOUND = -4,	/* a file, blob, name or platform is absent */
	OCI_E_CONFLICT = -5,	/* two sources for one path, platform or name */
	OCI_E_CORRUPT = -6,	/* bytes do not match their digest or format */
	OCI_E_CHANGED = -7,	/* an input changed while it was read */
	OCI_E_LIMIT = -8,	/* beyond a limit of docs/limits.md */
	OCI_E_UNSUPPORTED = -9, /* valid, but this library cannot handle it */
	OCI_E_CANCELLED = -10	/* the caller ended the operation */
};

/* Room for a message with its NUL. Longer messages are cut and end in "...". */
#define OCI_ERROR_MESSAGE 2048

struct oci_error {
	enum oci_status status;
	int system;			/* errno, or 0 */
	char message[OCI_ERROR_MESSAGE];/* printable, ends in NUL, no newline */
};

/* Returns a short lower-case name for a status, such as "not found", which is
 * never freed. */
OCI_API const char *oci_status_name(int status);

/*
 * Functions that make errors, for the callbacks, sinks and sources that a
 * program brings. They return the status, so that such a function can fail with
 * `return oci_error_set(err, OCI_E_INVALID, "...");`.
 * err may be NULL. Control characters and bytes that are not UTF-8 are escaped
 * (oci_text_escape); a message that is too long ends in "...".
 */

/* Stores status and a message in printf(3)'s format. */
OCI_API int oci_error_set(struct oci_error *err, enum oci_status status,
			  const char *fmt, ...) OCI_PRINTF(3, 4);
/* Stores the error of a failed system call: chooses the status by errno, and
 * appends ": " and the text of errno to the message. */
OCI_API int oci_error_set_errno(struct oci_error *err, const char *fmt, ...)
	OCI_PRINTF(2, 3);
/* Puts "CONTEXT: " in front of the message. Returns the argument status; the
 * status in *err stays. */
OCI_API int oci_error_wrap(struct oci_error *err, int status, const char *fmt,
			   ...) OCI_PRINTF(3, 4);
/* Puts ": ADVICE" behind the message: what the user can do now. Returns the
 * argument status. */
OCI_API int oci_error_advise(struct oci_error *err, int status,
			     const char *advice);

#ifdef __cplusplus
}
#endif

#endif
