/* SPDX-License-Identifier: Apache-2.0 */
/* The blobs of a layout get their names: a part of its commit. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "store/layout.h"

/* Replaces a file that is there: it may be damaged. */
static int place_blob(struct oci_layout *self, struct oci_layout_known *known,
		      struct oci_error *err)
{
	char *path;
	int rc = oci_layout_blob_path(&path, self, &known->digest, err);

	if (rc)
		return rc;
	rc = oci_file_make_folders(path, 0777, err);
	if (!rc && rename(known->temp, path) != 0)
		rc = oci_fail_errno(err, "rename '%s' to '%s'", known->temp,
				    path);
	free(path);
	if (rc)
		return rc;
	/* rename(2) leaves two names of one file as they are. */
	unlink(known->temp);
	free(known->temp);
	known->temp = NULL;
	return 0;
}

/* image-layout.md: the folder has to be there, with or without blobs. */
static int make_blobs(const struct oci_layout *self, struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, "blobs/sha256/", err);

	if (rc)
		return rc;
	rc = oci_file_make_folders(path, 0777, err);
	free(path);
	return rc;
}

static int sync_folder(const struct oci_layout *self, const char *name,
		       struct oci_error *err)
{
	char *path;
	int rc = oci_layout_path(&path, self, name, err);

	if (rc)
		return rc;
	if (access(path, F_OK) == 0)
		rc = oci_folder_sync(path, err);
	free(path);
	return rc;
}

int oci_layout_place_blobs(struct oci_layout *self, struct oci_error *err)
{
	static const char *const folders[] = {
		"blobs/sha256",
		"blobs/sha512",
		"blobs",
	};
	bool placed = false;
	int rc = make_blobs(self, err);

	for (struct oci_layout_known *k = self->first; !rc && k; k = k->next) {
		if (!k->temp)
			continue;
		rc = place_blob(self, k, err);
		placed = true;
	}
	for (size_t i = 0; !rc && placed && i < 3; i++)
		rc = sync_folder(self, folders[i], err);
	return rc;
}

void oci_layout_drop_blobs(struct oci_layout *self)
{
	for (struct oci_layout_known *k = self->first; k; k = k->next) {
		if (k->temp)
			unlink(k->temp);
		free(k->temp);
		k->temp = NULL;
	}
}
