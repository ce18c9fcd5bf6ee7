/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a UTF-8 locale that does not depend on the program's. */
#include "layer/locale.h"

#include <errno.h>
#include <stddef.h>

#include "base/error.h"

int oci_locale_open(locale_t *out, struct oci_error *err)
{
	static const char *const names[] = {
		"C.UTF-8", "C.utf8", "POSIX.UTF-8", "en_US.UTF-8",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*out = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
		if (*out)
			return 0;
		if (errno == ENOMEM)
			return oci_fail_nomem(err);
	}
	return oci_fail(err, OCI_E_UNSUPPORTED,
			"the system has no C.UTF-8 locale: install one");
}
