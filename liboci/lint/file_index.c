/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and reads files of the image. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "lint/lint.h"

const struct oci_rootfs_entry *oci_lint_find(const struct oci_lint *lint,
					     const char *path)
{
	struct oci_view view = { .lower = lint->subject->rootfs };
	char out[OCI_PATH_MAX];

	if (oci_view_resolve(out, NULL, &view, path, true, NULL, NULL))
		return NULL;
	return oci_rootfs_get(view.lower, out, strlen(out));
}

int oci_lint_load(char **out, size_t *size,
		  const struct oci_rootfs_entry *entry, size_t max,
		  struct oci_error *err)
{
	struct oci_buf buf;
	char data[16 * 1024];
	size_t got;
	int rc;

	*out = NULL;
	*size = 0;
	oci_buf_init(&buf, max);
	do {
		size_t room = max - buf.len;

		rc = oci_rootfs_read(&got, data,
				     room < sizeof(data) ? room : sizeof(data),
				     buf.len, entry, err);
		if (!rc)
			rc = oci_buf_add(&buf, data, got, err);
	} while (!rc && got);
	*size = buf.len;
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	return rc;
}
