/* SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

#include "base/error.h"

int oci_progress_tell(oci_progress_fn *call, void *data,
		      const struct oci_progress *progress,
		      struct oci_error *err)
{
	if (!call || call(data, progress) == 0)
		return 0;
	return oci_fail(err, OCI_E_CANCELLED, "cancelled");
}
