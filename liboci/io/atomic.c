/* SPDX-License-Identifier: Apache-2.0 */
/* Files that readers see complete or not at all. */
#include "io/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/path.h"
#include "base/text.h"
#include "io/file.h"
#include "io/litter.h"

int oci_path_folder(char **out, const char *path, struct oci_error *err)
{
	const char *slash = strrchr(path, '/');
	int rc;

	if (!slash)
		return oci_text_copy(out, ".", err);
	if (slash == path)
		return oci_text_copy(out, "/", err);
	rc = oci_text_copy(out, path, err);
	if (!rc)
		(*out)[slash - path] = '\0';
	return rc;
}

int oci_folder_sync(const char *path, struct oci_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	/* A folder that may be written but not read cannot be synced. */
	if (fd < 0)
		return errno == EACCES
			       ? 0
			       : oci_fail_errno(err, "open folder '%s'", path);
	/* Some file systems cannot sync a folder, and report EINVAL. */
	if (fsync(fd) != 0 && errno != EINVAL)
		rc = oci_fail_errno(err, "sync folder '%s'", path);
	close(fd);
	return rc;
}

int oci_atomic_open(struct oci_atomic *file, const char *path,
		    struct oci_error *err)
{
	char *dir = NULL;
	int rc = oci_path_folder(&dir, path, err);

	*file = (struct oci_atomic)OCI_ATOMIC_INIT;
	if (!rc)
		rc = oci_text_copy(&file->path, path, err);
	if (!rc) {
		oci_litter_remove(dir, oci_path_name(path));
		rc = oci_temp_open(&file->temp, dir, oci_path_name(path), 0666,
				   err);
	}
	free(dir);
	if (rc)
		oci_atomic_release(file);
	return rc;
}

int oci_atomic_finish(struct oci_atomic *file, struct oci_error *err)
{
	int rc;

	if (file->finished)
		return 0;
	if (fsync(file->temp.fd) != 0)
		return oci_fail_errno(err, "sync '%s'", file->path);
	rc = oci_temp_name(&file->temp, err);
	file->finished = !rc;
	return rc;
}

int oci_atomic_publish(struct oci_atomic *file, struct oci_error *err)
{
	int rc = oci_atomic_finish(file, err);

	return rc ? rc : oci_temp_place(&file->temp, file->path, err);
}

int oci_atomic_commit(struct oci_atomic *file, struct oci_error *err)
{
	char *dir = NULL;
	int rc = oci_path_folder(&dir, file->path, err);

	if (!rc)
		rc = oci_atomic_publish(file, err);
	/* The file is visible now, even if the folder cannot be synced. */
	if (!rc)
		oci_folder_sync(dir, NULL);
	free(dir);
	oci_atomic_release(file);
	return rc;
}

void oci_atomic_release(struct oci_atomic *file)
{
	oci_temp_release(&file->temp);
	free(file->path);
	*file = (struct oci_atomic)OCI_ATOMIC_INIT;
}

int oci_atomic_write(const char *path, const void *data, size_t size,
		     struct oci_error *err)
{
	struct oci_atomic file;
	int rc = oci_atomic_open(&file, path, err);

	if (rc)
		return rc;
	rc = oci_file_write(file.temp.fd, data, size, err);
	if (rc)
		rc = oci_wrap(err, rc, "'%s'", path);
	else
		rc = oci_atomic_commit(&file, err);
	oci_atomic_release(&file);
	return rc;
}
