/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "layer/libarchive.h"

int oci_libarchive_fail(struct archive *archive, struct oci_error *err)
{
	const char *text = archive_error_string(archive);

	if (oci_libarchive_nomem(archive))
		return oci_fail_nomem(err);
	if (!text)
		text = "unknown error";
	if (archive_errno(archive) == EIO) {
		errno = EIO;
		return oci_fail_errno(err, "%s", text);
	}
	return oci_fail(err, OCI_E_CORRUPT, "corrupt or cut short: %s", text);
}
