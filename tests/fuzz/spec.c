/* SPDX-License-Identifier: Apache-2.0 */
/* Specs: every error is told, none crashes. */
#include "target.h"

static void tell(void *data, const char *line)
{
	size_t *told = data;

	++*told;
	if (!*line)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;
	struct oci_error err;
	struct oci_spec *spec;
	size_t told = 0;

	options.report = tell;
	options.report_data = &told;
	options.folder = "fixtures";
	if (oci_spec_open(&spec, target_file(data, size), &options, &err) &&
	    err.status == OCI_E_INVALID && !told)
		abort();
	oci_spec_free(spec);
	return 0;
}
