/* SPDX-License-Identifier: Apache-2.0 */
#include "io/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"

#ifdef OCI_STATIC_LIBRARIES
int oci_library_load(void *out, const char *name,
		     const struct oci_library_function *functions, size_t count,
		     const char *what, const char *install,
		     struct oci_error *err)
{
	(void)name;
	(void)what;
	(void)install;
	(void)err;
	for (size_t i = 0; i < count; i++)
		memcpy((char *)out + functions[i].offset, &functions[i].linked,
		       sizeof(functions[i].linked));
	return 0;
}
#else
/* Adds what to do. glibc ends its message with the text of errno, and clears
 * errno itself. A limit of addresses makes it say what could not be mapped. */
static int fail_load(const char *what, const char *install,
		     struct oci_error *err)
{
	const char *reason = dlerror();
	struct rlimit addresses;
	int rc = oci_fail(err, OCI_E_SYSTEM, "%s: %s", what, reason);

	if (strstr(reason, strerror(ENOENT)))
		return oci_advise(err, OCI_E_UNSUPPORTED, install);
	if (strstr(reason, strerror(EMFILE)))
		return oci_advise(err, rc,
				  "let it open more files (ulimit -n)");
	if (getrlimit(RLIMIT_AS, &addresses) == 0 &&
	    addresses.rlim_cur != RLIM_INFINITY)
		return oci_advise(err, rc,
				  "let it use more memory (ulimit -v)");
	return rc;
}

int oci_library_load(void *out, const char *name,
		     const struct oci_library_function *functions, size_t count,
		     const char *what, const char *install,
		     struct oci_error *err)
{
	void *library;

	errno = 0;
	library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
	if (!library && errno == ENOMEM)
		return oci_fail_nomem(err);
	if (!library)
		return fail_load(what, install, err);

	for (size_t i = 0; i < count; i++) {
		void **at = (void **)(void *)((char *)out +
					      functions[i].offset);

		/* POSIX allows the result of dlsym to be used as a function. */
		*at = dlsym(library, functions[i].name);
		if (!*at) {
			oci_fail(err, OCI_E_UNSUPPORTED, "%s: %s", what,
				 dlerror());
			return oci_advise(err, OCI_E_UNSUPPORTED, install);
		}
	}
	return 0;
}
#endif
