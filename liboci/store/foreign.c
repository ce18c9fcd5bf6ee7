/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Foreign layers: a registry need not have layers whose descriptors have URLs,
 * such as layers of Windows, or layers that may not be distributed. The URLs
 * stay in the manifest, which is copied byte for byte; nothing is downloaded
 * from them. OCI Image Specification, descriptor.md, "urls".
 */
#include "base/error.h"
#include "document/rest.h"
#include "store/closure.h"

static void report(const struct oci_descriptor *d, const char *url,
		   const struct oci_copy_options *options)
{
	struct oci_error text;

	oci_fail(&text, OCI_OK,
		 "layer %s is not stored with the image, but at "
		 "%s: it is not copied",
		 d->digest.text, url);
	if (options->note)
		options->note(options->note_data, text.message);
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
		report(d, url, options);
		oci_descriptor_release(d);
	}
	list->count = kept;
	return rc;
}
