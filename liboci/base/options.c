/* SPDX-License-Identifier: Apache-2.0 */
#include "base/options.h"

#include <string.h>

void oci_options_read(void *out, size_t size, const void *defaults,
		      const void *given)
{
	size_t known = 0;

	memcpy(out, defaults, size);
	if (!given)
		return;
	memcpy(&known, given, sizeof(known));
	if (known == 0 || known > size)
		known = size;
	memcpy(out, given, known);
	memcpy(out, &size, sizeof(size));
}
