/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of an image in a store, applied to a root file system. */
#ifndef IMAGE_ROOTFS_H
#define IMAGE_ROOTFS_H

#include <oci/image.h>

#include "base/watch.h"
#include "store/walk.h"

/*
 * Applies layers of store, lowest first. watch limits the inflated bytes and
 * may cancel the call; a layer that is in `seen` (may be NULL) counts as input
 * of this limit only once. Errors: OCI_E_LIMIT beyond 1,000 layers.
 */
int oci_rootfs_apply_layers(struct oci_rootfs *rootfs, struct oci_store *store,
			    const struct oci_descriptors *layers,
			    struct oci_watch *watch, struct oci_walk *seen,
			    struct oci_error *err);
/*
 * rootfs_upper.c: replaces *rootfs by one of the upper layers alone, as many as
 * decide what is at path. If it fails, *rootfs is NULL or may be freed. Errors:
 * as above.
 */
int oci_rootfs_apply_upper(struct oci_rootfs **rootfs, const char *path,
			   struct oci_store *store,
			   const struct oci_descriptors *layers,
			   struct oci_watch *watch, struct oci_error *err);
/* Refuses more than 1,000 layers. */
int oci_rootfs_check_count(const struct oci_descriptors *layers,
			   struct oci_error *err);

#endif
