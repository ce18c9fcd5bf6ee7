/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version of the library, and the marks that every public header uses.
 */
#ifndef OCI_VERSION_H
#define OCI_VERSION_H

#define OCI_VERSION_MAJOR 0
#define OCI_VERSION_MINOR 2
#define OCI_VERSION_PATCH 0
#define OCI_VERSION "0.2.0"
#define OCI_VERSION_DATE "November 28, 2026"

#if defined(__GNUC__)
#define OCI_API __attribute__((visibility("default")))
#define OCI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define OCI_API
#define OCI_PRINTF(fmt, args)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the version of the loaded library as "MAJOR.MINOR.PATCH", which is
 * never freed. The macros above are the version of the headers. */
OCI_API const char *oci_version(void);

#ifdef __cplusplus
}
#endif

#endif
