/* SPDX-License-Identifier: Apache-2.0 */
/* Gives the blobs of a layout their names, as a part of its commit. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "store/layout.h"

enum { PATH_ROOM = 4096 };

/* The innermost folders come first. */
static const char *const folders[] = {
	"blobs/sha256",
	"blobs/sha512",
	"blobs",
};

enum { FOLDERS = sizeof(folders) / sizeof(folders[0]) };

/* Returns false if the path is too long. */
static bool folder_path(char out[PATH_ROOM], const struct oci_layout *self,
			size_t i)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s", self->path, folders[i]);

	return n > 0 && n < PATH_ROOM;
}

/* image-layout.md: the folder must exist, even without blobs. */
int oci_layout_make_blobs(struct oci_layout *self, struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, "blobs/sha256/", err);

	if (rc)
		return rc;
	rc = oci_file_make_folders(path, 0777, err);
	free(path);
	for (struct oci_layout_blob *k = self->first; !rc && k; k = k->next)
		if (k->temp)
			rc = oci_file_make_folders(k->path, 0777, err);
	return rc;
}

void oci_layout_remove_blobs(const struct oci_layout *self)
{
	char path[PATH_ROOM];

	for (size_t i = 0; i < FOLDERS; i++)
		if (folder_path(path, self, i))
			rmdir(path);
}

/* Replaces an existing file, which may be damaged. */
static int place_blob(struct oci_layout_blob *known, struct oci_error *err)
{
	if (rename(known->temp, known->path) != 0)
		return oci_fail_errno(err, "rename '%s' to '%s'", known->temp,
				      known->path);
	/* rename(2) does nothing if both are names of the same file. */
	unlink(known->temp);
	free(known->temp);
	known->temp = NULL;
	return 0;
}

/* Also if this run made none of the names: one that made them may have been
 * killed before it synced them. */
static int sync_folders(const struct oci_layout *self, struct oci_error *err)
{
	char path[PATH_ROOM];
	int rc = 0, n = snprintf(path, PATH_ROOM, "%s/..", self->path);

	if (n > 0 && n < PATH_ROOM)
		rc = oci_folder_sync(path, err);
	if (!rc)
		rc = oci_folder_sync(self->path, err);
	for (size_t i = 0; !rc && i < FOLDERS; i++)
		if (folder_path(path, self, i) && access(path, F_OK) == 0)
			rc = oci_folder_sync(path, err);
	return rc;
}

int oci_layout_publish_blobs(struct oci_layout *self, struct oci_error *err)
{
	int rc = 0;

	for (struct oci_layout_blob *k = self->first; !rc && k; k = k->next)
		if (k->temp)
			rc = place_blob(k, err);
	return rc ? rc : sync_folders(self, err);
}

void oci_layout_drop_blobs(struct oci_layout *self)
{
	for (struct oci_layout_blob *k = self->first; k; k = k->next) {
		if (k->temp)
			unlink(k->temp);
		free(k->temp);
		k->temp = NULL;
	}
}
