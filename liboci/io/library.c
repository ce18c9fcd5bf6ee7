/* SPDX-License-Identifier: Apache-2.0 */
#include "io/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"

#ifdef OCI_STATIC_LIBRARIES
int oci_library_load(void *out, const char *name,
		     const struct oci_library_function *functions, size_t count,
		     const char *what, struct oci_error *err)
{
	(void)name;
	(void)what;
	(void)err;
	for (size_t i = 0; i < count; i++)
		memcpy((char *)out + functions[i].offset, &functions[i].linked,
		       sizeof(functions[i].linked));
	return 0;
}
#else
int oci_library_load(void *out, const char *name,
		     const struct oci_library_function *functions,
		     size_t count, const char *what, struct oci_error *err)
{
	void *library;

	errno = 0;
	library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
	if (!library && errno == ENOMEM)
		return oci_fail_nomem(err);

	for (size_t i = 0; i < count; i++) {
		void **at = (void **)(void *)((char *)out +
					      functions[i].offset);

		/* POSIX allows the result of dlsym to be used as a function. */
		if (library)
			*at = dlsym(library, functions[i].name);
		if (!*at)
			return oci_fail(err, OCI_E_UNSUPPORTED, "%s: %s", what,
					dlerror());
	}
	return 0;
}
#endif
