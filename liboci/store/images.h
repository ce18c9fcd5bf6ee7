/* SPDX-License-Identifier: Apache-2.0 */
/* The images that an image or index leads to. */
#ifndef STORE_IMAGES_H
#define STORE_IMAGES_H

#include <oci/store.h>

struct oci_walk;

/* oci_store_images within a walk that counts more than these indexes. */
int oci_images_walk(struct oci_descriptors *out, struct oci_store *store,
		    const struct oci_descriptor *from, struct oci_walk *walk,
		    struct oci_error *err);

#endif
