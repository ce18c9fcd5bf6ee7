/* SPDX-License-Identifier: Apache-2.0 */
/* A source that reports how much of a blob was read. */
#ifndef STORE_COUNTED_H
#define STORE_COUNTED_H

#include <oci/descriptor.h>
#include <oci/progress.h>
#include <oci/stream.h>

/* Takes ownership of from, also on failure. blob is read during the call. */
int oci_counted_open(struct oci_source **out, struct oci_source *from,
		     const struct oci_descriptor *blob,
		     oci_progress_fn *progress, void *data,
		     struct oci_error *err);

#endif
