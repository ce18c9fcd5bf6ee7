/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed streams, up to a few MiB of what comes out. */
#include "io/inflate.h"
#include "layer/decompress.h"
#include "target.h"

static void drain(struct oci_source *source)
{
	char data[4096];
	size_t got = 1;

	for (int i = 0; got && i < 1000; i++)
		if (oci_source_read(&got, source, data, sizeof(data), NULL))
			break;
	oci_source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_source *from, *source;

	if (oci_source_open_memory(&from, data, size, NULL))
		return 0;
	if (!oci_inflate_open(&source, from, NULL))
		drain(source);
	oci_source_rewind(from, NULL);
	if (!oci_decompress_open(&source, from, NULL))
		drain(source);
	oci_source_free(from);
	return 0;
}
