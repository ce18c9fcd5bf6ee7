/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest and config of one image, read together. */
#ifndef STORE_DOCUMENTS_H
#define STORE_DOCUMENTS_H

#include <stdbool.h>

#include <oci/read.h>

#include "store/walk.h"

/*
 * Reads the manifest that descriptor names and, unless it is an artifact's, its
 * config. *is_image is false for an artifact; its config stays empty. walk
 * counts both documents. The caller releases *out after success.
 */
int oci_documents_read(struct oci_image_documents *out, bool *is_image,
		       struct oci_store *store,
		       const struct oci_descriptor *descriptor,
		       struct oci_walk *walk, struct oci_error *err);

#endif
