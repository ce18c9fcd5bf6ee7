/* SPDX-License-Identifier: Apache-2.0 */
#define LAYER_LIBARCHIVE_LOADS
#include "layer/libarchive.h"

#include <pthread.h>

#include "base/error.h"
#include "io/library.h"

OCI_LIBRARY_NOTE("[{\"soname\":[\"libarchive.so.13\"],\"feature\":\"archives\","
		 "\"description\":\"Reading archives\","
		 "\"priority\":\"recommended\"}]");

struct oci_libarchive oci_libarchive;

static struct oci_error why;
static int status;

static void load(void)
{
	static const struct oci_library_function functions[] = {
#define FUNCTION(name) OCI_LIBRARY_FUNCTION(struct oci_libarchive, name),
		OCI_LIBARCHIVE_FUNCTIONS(FUNCTION)
#undef FUNCTION
	};

	status =
		oci_library_load(&oci_libarchive, "libarchive.so.13", functions,
				 sizeof(functions) / sizeof(functions[0]),
				 "archives need libarchive",
				 "install libarchive 3.6 or newer; Debian's "
				 "package is libarchive13",
				 &why);
}

int oci_libarchive_load(struct oci_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (status && err)
		*err = why;
	return status;
}

int oci_libarchive_identify(const char **out, struct oci_error *err)
{
	int rc = oci_libarchive_load(err);

	*out = rc ? NULL : oci_libarchive.archive_version_string();
	return rc;
}
