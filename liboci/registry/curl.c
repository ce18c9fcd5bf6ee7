/* SPDX-License-Identifier: Apache-2.0 */
#define REGISTRY_CURL_LOADS
#include "registry/curl.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/wipe.h"
#include "io/library.h"

OCI_LIBRARY_NOTE("[{\"soname\":[\"libcurl.so.4\"],\"feature\":\"registries\","
		 "\"description\":\"Pushing to and pulling from registries\","
		 "\"priority\":\"recommended\"}]");

struct oci_curl oci_curl;

static struct oci_error why;
static int status;

static void load(void)
{
	static const struct oci_library_function functions[] = {
#define FUNCTION(name) OCI_LIBRARY_FUNCTION(struct oci_curl, name),
		OCI_CURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
	};

	status = oci_library_load(&oci_curl, "libcurl.so.4", functions,
				  sizeof(functions) / sizeof(functions[0]),
				  "registries need libcurl",
				  "install libcurl 7.85 or newer; Debian's "
				  "package is libcurl4",
				  &why);
	/* It copies headers, which have passwords and tokens. If the program
	 * has started libcurl before, its own functions stay. */
	if (!status && oci_curl.curl_global_init_mem(
			       CURL_GLOBAL_DEFAULT, malloc, oci_wipe_free,
			       oci_wipe_realloc, strdup, calloc) != CURLE_OK)
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
