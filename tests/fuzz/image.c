/* SPDX-License-Identifier: Apache-2.0 */
/* Image archives: opening, resolving and verifying them. */
#include "target.h"

static void tell(void *data, const char *finding)
{
	(void)data;
	if (!*finding)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_verify_options options = OCI_VERIFY_OPTIONS_INIT;
	struct oci_store *store;
	struct oci_descriptor found;
	size_t findings;

	if (oci_archive_open(&store, target_file(data, size), NULL, NULL))
		return 0;
	options.report = tell;
	oci_image_verify(&findings, store, &options, NULL);
	if (!oci_store_resolve(&found, store, "latest", NULL))
		oci_descriptor_release(&found);
	oci_store_free(store);
	return 0;
}
