/* SPDX-License-Identifier: Apache-2.0 */
/* Sets errors inside the library: short names for the functions of
 * <oci/error.h>, and two more. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include <oci/error.h>

#define oci_fail oci_error_set
#define oci_fail_errno oci_error_set_errno
#define oci_wrap oci_error_wrap
#define oci_advise oci_error_advise

int oci_vfail(struct oci_error *err, enum oci_status status, const char *fmt,
	      va_list args) OCI_PRINTF(3, 0);
int oci_fail_nomem(struct oci_error *err);

#endif
