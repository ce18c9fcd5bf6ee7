/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of an image in a store, applied to a root file system. */
#ifndef IMAGE_ROOTFS_H
#define IMAGE_ROOTFS_H

#include <oci/image.h>

#include "base/watch.h"
#include "store/walk.h"

/*
 * Applies layers, which store has, lowest first. watch limits what they may
 * inflate to and may cancel it; a layer that `seen` (may be NULL) has already
 * counts as input of the inflating limit once. Errors: OCI_E_LIMIT beyond 1,000
 * layers.
 */
int oci_rootfs_apply_layers(struct oci_rootfs *rootfs, struct oci_store *store,
			    const struct oci_descriptors *layers,
			    struct oci_watch *watch, struct oci_walk *seen,
			    struct oci_error *err);

#endif
