/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI image layouts: a folder with oci-layout, index.json and blobs.
 * OCI Image Specification, image-layout.md.
 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H

#include <oci/error.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a layout to read. */
OCI_API int oci_layout_open(struct oci_store **out, const char *path,
			    struct oci_error *err);
/*
 * Opens a layout to add to; one that does not exist is made. A folder that is
 * neither empty nor a layout is OCI_E_CONFLICT. Other images in it stay.
 */
OCI_API int oci_layout_create(struct oci_store **out, const char *path,
			      struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
