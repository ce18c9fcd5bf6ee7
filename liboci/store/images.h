/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests of an image or an index. */
#ifndef STORE_IMAGES_H
#define STORE_IMAGES_H

#include <oci/store.h>

struct oci_walk;

/* oci_store_images, counting the indexes in a walk of the caller. */
int oci_images_walk(struct oci_descriptors *out, struct oci_store *store,
		    const struct oci_descriptor *from, struct oci_walk *walk,
		    struct oci_error *err);

#endif
