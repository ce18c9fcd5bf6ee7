/* SPDX-License-Identifier: Apache-2.0 */
/* Paths inside an image. */
#include "base/path.h"

#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

enum { PART_MAX = 255 }; /* Linux's NAME_MAX */

static int add_part(char *out, size_t *used, const char *part, size_t size,
		    const char *path, struct oci_error *err)
{
	if (size == 0 || (size == 1 && part[0] == '.'))
		return 0;
	if (size == 2 && part[0] == '.' && part[1] == '.')
		return oci_fail(err, OCI_E_INVALID,
				"path '%s' has a '..' part", path);
	if (size > PART_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"path '%.80s...' has a part of more than %d "
				"bytes", path, PART_MAX);
	if (*used)
		out[(*used)++] = '/';
	memcpy(out + *used, part, size);
	*used += size;
	return 0;
}

int oci_path_clean(char out[OCI_PATH_MAX], const char *path,
		   struct oci_error *err)
{
	size_t used = 0, left = strlen(path);
	const char *part = path;
	int rc;

	if (left >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_INVALID,
				"path '%.80s...' has %zu bytes, the most is %d",
				path, left, OCI_PATH_MAX - 1);
	if (!oci_utf8_valid(path, left))
		return oci_fail(err, OCI_E_INVALID,
				"path '%s' is not UTF-8: rename the file",
				path);
	for (;;) {
		size_t size = strcspn(part, "/");

		rc = add_part(out, &used, part, size, path, err);
		if (rc)
			return rc;
		if (!part[size])
			break;
		part += size + 1;
	}
	out[used] = '\0';
	return 0;
}

int oci_path_join(char out[OCI_PATH_MAX], const char *dir, const char *name,
		  struct oci_error *err)
{
	size_t head = strlen(dir), tail = strlen(name);
	size_t slash = head && tail;

	if (head + slash + tail >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"path '%.80s.../%.80s' is too long", dir, name);
	memmove(out, dir, head);
	if (slash)
		out[head] = '/';
	memcpy(out + head + slash, name, tail + 1);
	return 0;
}

const char *oci_path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

size_t oci_path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

bool oci_path_within(const char *path, const char *dir)
{
	size_t size = strlen(dir);

	if (!size)
		return true;
	return strncmp(path, dir, size) == 0 &&
	       (path[size] == '\0' || path[size] == '/');
}

bool oci_path_has_parent(const char *path)
{
	for (;;) {
		size_t size = strcspn(path, "/");

		if (size == 2 && memcmp(path, "..", 2) == 0)
			return true;
		if (!path[size])
			return false;
		path += size + 1;
	}
}
