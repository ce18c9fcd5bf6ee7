/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report reads each layer several times. The image of a registry is therefore
 * copied to a temporary archive first, so that each blob is downloaded once.
 */
#include "report.h"

int report_fetch(struct files *files, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	struct oci_descriptor copy;
	struct oci_store *scratch;
	int rc;

	if (!files->from.registry)
		return 0;
	rc = image_open_scratch(&scratch, err);
	if (rc)
		return rc;
	options.cancelled = interrupted_flag();
	rc = oci_store_copy(&copy, scratch, files->from.store,
			    &files->image.descriptor, &options, err);
	if (rc) {
		oci_store_free(scratch);
		return oci_error_wrap(err, rc, "fetch the image");
	}
	oci_descriptor_release(&copy);
	oci_store_free(files->from.store);
	files->from.store = scratch;
	return 0;
}
