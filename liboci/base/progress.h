/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <oci/progress.h>

/* Calls call unless it is NULL. */
static inline void oci_progress_tell(oci_progress_fn *call, void *data,
				     const struct oci_progress *progress)
{
	if (call)
		call(data, progress);
}

#endif
