/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "io/temp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"

enum { ATTEMPTS = 10000 };

/* One attempt. OCI_E_CONFLICT: the name exists. */
static int try_create(int *fd, char **path, const char *dir, const char *name,
		      unsigned mode, unsigned attempt, struct oci_error *err)
{
	struct oci_buf buf;
	int rc;

	oci_buf_init(&buf, OCI_PATH_MAX);
	rc = oci_buf_format(&buf, err, "%s/.%.200s.%ld-%u.tmp", dir, name,
			    (long)getpid(), attempt);
	if (!rc)
		rc = oci_buf_detach(path, &buf, err);
	oci_buf_release(&buf);
	if (rc)
		return rc;
	*fd = open(*path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		   (mode_t)mode);
	if (*fd >= 0)
		return 0;
	rc = oci_fail_errno(err, "create a file in '%s'", dir);
	free(*path);
	*path = NULL;
	return rc;
}

int oci_temp_create(int *fd, char **path, const char *dir, const char *name,
		    unsigned mode, struct oci_error *err)
{
	struct oci_error why;
	int rc = 0;

	*path = NULL;
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		rc = try_create(fd, path, dir, name, mode, i, &why);
		if (rc != OCI_E_CONFLICT)
			break;
	}
	if (rc && err)
		*err = why;
	return rc;
}

int oci_file_temporary(int *fd, const char *dir, struct oci_error *err)
{
	char *name;
	int rc;

	/* An unlinked file cannot be opened, whatever its mode. The cache may
	 * link it later; blobs are readable for all and never written again. */
	*fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
	if (*fd >= 0)
		return 0;
	/* Other users may have access to the folder. */
	rc = oci_temp_create(fd, &name, dir, "oci", 0600, err);
	if (rc)
		return rc;
	if (unlink(name) != 0) {
		rc = oci_fail_errno(err, "unlink '%s'", name);
		close(*fd);
		*fd = -1;
	}
	free(name);
	return rc;
}

int oci_temp_wrap(struct oci_error *err, int rc, int fd)
{
	static const char mark[] = " (deleted)";
	char entry[32], path[OCI_PATH_MAX];
	ssize_t size;

	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", fd);
	size = readlink(entry, path, sizeof(path) - 1);
	if (size < (ssize_t)sizeof(mark))
		return rc;
	path[size] = '\0';
	if (strcmp(path + size - strlen(mark), mark) != 0 ||
	    !strrchr(path, '/'))
		return rc;
	*strrchr(path, '/') = '\0';
	return oci_wrap(err, rc, "temporary file in '%s'", path);
}
