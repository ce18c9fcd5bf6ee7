/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers that a registry need not have, because their descriptors have URLs:
 * Windows' own, and those that may not be distributed. The URLs stay in the
 * manifest, which is copied byte for byte; nothing is fetched from them. OCI
 * Image Specification, descriptor.md, "urls".
 */
#include "base/error.h"
#include "document/rest.h"
#include "store/closure.h"

static void tell(const struct oci_descriptor *d, const char *url,
		 const struct oci_copy_options *options)
{
	struct oci_error note;

	oci_fail(&note, OCI_OK,
		 "layer %s is not where the image is, but at "
		 "%s: it is passed over",
		 d->digest.text, url);
	if (options->note)
		options->note(options->note_data, note.message);
}

int oci_closure_drop_foreign(struct oci_closure *closure,
			     struct oci_store *from,
			     const struct oci_copy_options *options,
			     struct oci_error *err)
{
	struct oci_descriptors *list = &closure->blobs;
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct oci_descriptor *d = &list->items[i];
		char url[OCI_URL_ROOM];
		bool has = true;

		if (!rc && oci_descriptor_url(url, d))
			rc = oci_store_has(&has, from, &d->digest, err);
		if (rc || has) {
			list->items[kept++] = *d;
			continue;
		}
		tell(d, url, options);
		oci_descriptor_release(d);
	}
	list->count = kept;
	return rc;
}
