/* SPDX-License-Identifier: Apache-2.0 */
#define REGISTRY_CURL_LOADS
#include "registry/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#include "base/error.h"

struct oci_curl oci_curl;

static struct oci_error why;
static int status;

static void load(void)
{
	static const struct {
		const char *name;
		size_t offset;
	} functions[] = {
#define FUNCTION(name) { #name, offsetof(struct oci_curl, name) },
		OCI_CURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
	};
	void *library = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		char *at = (char *)&oci_curl + functions[i].offset;

		/* POSIX lets what dlsym gives be taken for a function. */
		if (library)
			*(void **)(void *)at = dlsym(library,
						     functions[i].name);
		if (*(void **)(void *)at)
			continue;
		status = oci_fail(&why, OCI_E_UNSUPPORTED,
				  "registries need libcurl: %s", dlerror());
		oci_advise(&why, status, "install libcurl 7.85 or newer; "
			   "Debian's package is libcurl4");
		return;
	}
	if (oci_curl.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		status = oci_fail(&why, OCI_E_SYSTEM, "libcurl cannot start");
}

int oci_curl_load(struct oci_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (status && err)
		*err = why;
	return status;
}
