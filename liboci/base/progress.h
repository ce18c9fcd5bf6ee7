/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <oci/error.h>
#include <oci/progress.h>

/* Calls call (may be NULL). OCI_E_CANCELLED if it asks to cancel. */
int oci_progress_tell(oci_progress_fn *call, void *data,
		      const struct oci_progress *progress,
		      struct oci_error *err);

#endif
