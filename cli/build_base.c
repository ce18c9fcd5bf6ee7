/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the images that a spec starts from. */
#include "build.h"

#include <string.h>

static int open_remote(struct oci_store **store, struct oci_descriptor *image,
		       struct build_bases *bases, const char *text,
		       struct oci_error *err)
{
	struct oci_reference name;
	int rc = oci_reference_parse(&name, text, err);

	if (!rc && !*bases->registry)
		rc = remote_open(bases->registry, bases->remote, err);
	if (!rc)
		rc = oci_registry_open(store, *bases->registry, &name, err);
	if (!rc)
		rc = oci_store_resolve(image, *store, NULL, err);
	return rc;
}

int build_open_base(void *data, struct oci_store **store,
		    struct oci_descriptor *image, const char *text,
		    struct oci_error *err)
{
	struct build_bases *bases = data;
	struct image_name name;
	int rc;

	*store = NULL;
	*image = (struct oci_descriptor){0};
	if (strncmp(text, "docker://", 9) == 0) {
		rc = open_remote(store, image, bases, text + 9, err);
	} else {
		if (!image_name_parse(&name, text, err))
			return OCI_E_INVALID;
		rc = image_open(store, image, &name, err);
		image_name_release(&name);
	}
	if (rc) {
		oci_store_free(*store);
		*store = NULL;
	}
	return rc;
}
