/* SPDX-License-Identifier: Apache-2.0 */
/* A sink of which a blob is made that goes up. */
#ifndef REGISTRY_BLOB_SINK_H
#define REGISTRY_BLOB_SINK_H

#include <oci/stream.h>

#include "registry/uploads.h"

int oci_blob_sink_open(struct oci_sink **out, struct oci_uploads *uploads,
		       struct oci_error *err);
/* It may go up from now on. */
void oci_blob_sink_stream(struct oci_sink *sink);
/* The file that it is in; the caller closes *fd. */
int oci_blob_sink_dup_fd(int *fd, struct oci_sink *sink, struct oci_error *err);
/* It is whole; what is freed before is dropped. */
int oci_blob_sink_end(struct oci_sink *sink, const struct oci_digest *digest,
		      uint64_t size, struct oci_error *err);

#endif
