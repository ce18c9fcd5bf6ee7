/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report reads each layer several times. The image of a registry is therefore
 * copied to an archive in the folder for temporary files first, so that each
 * blob is downloaded once. The archive is unlinked once it is open.
 */
#include "report.h"

#include <stdlib.h>
#include <unistd.h>

static int copy_to(const char *path, const struct files *files,
		   struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	struct oci_descriptor copy = { 0 };
	struct oci_store *archive;
	int rc = oci_archive_create(&archive, path, NULL, err);

	if (rc)
		return rc;
	options.cancelled = interrupted_flag();
	oci_store_watch(archive, interrupted_flag());
	rc = oci_store_copy(&copy, archive, files->from.store,
			    &files->image.descriptor, &options, err);
	if (!rc)
		rc = oci_store_tag(archive, NULL, &copy, err);
	if (!rc)
		rc = oci_store_commit(archive, err);
	oci_descriptor_release(&copy);
	oci_store_free(archive);
	return rc;
}

/* Makes the archive in folder the store of the image. */
static int replace_store(struct files *files, const char *folder,
			 struct oci_error *err)
{
	struct oci_store *store = NULL;
	char path[4096];
	int rc = 0;

	if (snprintf(path, sizeof(path), "%s/image.tar", folder) >=
	    (int)sizeof(path))
		return oci_error_set(err, OCI_E_INVALID,
				     "the path of TMPDIR is too long");
	rc = copy_to(path, files, err);
	if (!rc)
		rc = oci_archive_open(&store, path, NULL, err);
	unlink(path);
	if (rc)
		return rc;
	oci_store_free(files->from.store);
	files->from.store = store;
	return 0;
}

int report_fetch(struct files *files, struct oci_error *err)
{
	const char *temp = temp_dir() ? temp_dir() : "/var/tmp";
	char folder[4096];
	int rc;

	if (!files->from.registry)
		return 0;
	if (snprintf(folder, sizeof(folder), "%s/oci-pack-XXXXXX", temp) >=
	    (int)sizeof(folder))
		return oci_error_set(err, OCI_E_INVALID,
				     "the path of TMPDIR is too long");
	if (!mkdtemp(folder))
		return oci_error_set_errno(err, "create a folder in '%s'",
					   temp);
	rc = replace_store(files, folder, err);
	rmdir(folder);
	return rc ? oci_error_wrap(err, rc, "fetch the image") : 0;
}
