/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs that are made here wait in a file that has no name. */
#ifndef REGISTRY_SPOOL_H
#define REGISTRY_SPOOL_H

#include <oci/stream.h>

int oci_spool_open(struct oci_sink **out, const char *temp_dir,
		   struct oci_error *err);
/* What was written, as a source over its file. The caller closes *fd, after
 * the source was freed. */
int oci_spool_take(int *fd, struct oci_source **out, struct oci_sink *spool,
		   uint64_t size, struct oci_error *err);

#endif
