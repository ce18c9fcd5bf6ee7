/* SPDX-License-Identifier: Apache-2.0 */
/* Passing on a layer of a base, while its headers are read. */
#ifndef IMAGE_BASE_LAYER_H
#define IMAGE_BASE_LAYER_H

#include <oci/store.h>
#include <oci/tree.h>

/*
 * Copies a layer to another store, unless it is there, lays it over rootfs,
 * and checks size, digest, compression and diff_id. One pass. *media_type is
 * OCI's for what it turned out to be: Docker's types do not always say what
 * is there (podman save calls tars diff.tar.gzip).
 */
int oci_base_layer(const char **media_type, struct oci_rootfs *rootfs,
		   struct oci_store *to, struct oci_store *from,
		   const struct oci_descriptor *layer,
		   const struct oci_digest *diff_id, struct oci_error *err);

#endif
