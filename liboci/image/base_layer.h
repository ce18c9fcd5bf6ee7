/* SPDX-License-Identifier: Apache-2.0 */
/* Copies a layer of a base while its headers are read. */
#ifndef IMAGE_BASE_LAYER_H
#define IMAGE_BASE_LAYER_H

#include <oci/store.h>
#include <oci/tree.h>

/*
 * Copies a layer to another store unless it is there, applies it to rootfs, and
 * checks size, digest, compression and diff_id, all in one pass. *media_type is
 * OCI's type for the actual compression, because Docker's types may be wrong
 * (podman save calls tars diff.tar.gzip).
 */
int oci_base_layer(const char **media_type, struct oci_rootfs *rootfs,
		   struct oci_store *to, struct oci_store *from,
		   const struct oci_descriptor *layer,
		   const struct oci_digest *diff_id, struct oci_error *err);

#endif
