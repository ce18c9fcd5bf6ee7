/* SPDX-License-Identifier: Apache-2.0 */
/* Sets errors inside the library: short names for the functions of
 * <oci/error.h>, and two more. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include <oci/error.h>

int oci_vfail(struct oci_error *err, enum oci_status status, const char *fmt,
	      va_list args) OCI_PRINTF(3, 0);

/* Returns rc, which is no 0: compilers and analyzers see that what makes an
 * error is never a success. */
static inline int oci_failed(int rc)
{
	return rc ? rc : OCI_E_SYSTEM;
}

#define oci_fail(...) oci_failed(oci_error_set(__VA_ARGS__))
#define oci_fail_errno(...) oci_failed(oci_error_set_errno(__VA_ARGS__))
#define oci_wrap(...) oci_failed(oci_error_wrap(__VA_ARGS__))
#define oci_advise(...) oci_failed(oci_error_advise(__VA_ARGS__))
#define oci_fail_nomem(err) oci_fail(err, OCI_E_NOMEM, "out of memory")

#endif
