/* SPDX-License-Identifier: Apache-2.0 */
/* Loads shared libraries when they are needed. */
#ifndef IO_LIBRARY_H
#define IO_LIBRARY_H

#include <stddef.h>

#include <oci/error.h>

/* A function of a library, and the place of the pointer to it. */
struct oci_library_function {
	const char *name;
	size_t offset;		/* in a struct of pointers to functions */
};

/* Fills the struct at out. what, such as "registries need libcurl", precedes
 * the reason in the error, which is OCI_E_UNSUPPORTED. */
int oci_library_load(void *out, const char *name,
		     const struct oci_library_function *functions,
		     size_t count, const char *what, struct oci_error *err);

#endif
