/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI image layouts: folders with the files oci-layout and index.json and the
 * folder blobs.
 * OCI Image Specification, image-layout.md.
 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H

#include <oci/digest.h>
#include <oci/error.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a layout for reading. Errors: OCI_E_NOT_FOUND if path is no layout. */
OCI_API int oci_layout_open(struct oci_store **out, const char *path,
			    struct oci_error *err);
/*
 * Opens a layout for adding images, and creates the layout if path does not
 * exist. Images that are already in the layout are kept. Errors: OCI_E_CONFLICT
 * if path is a folder that is neither empty nor a layout.
 *
 * Several processes may add to one layout at the same time. oci_store_commit
 * locks the file oci-layout with flock(2) and adds the names of this store to
 * those that index.json has at that moment. If two processes give the same
 * name, the name stands for the image of the later commit. If another program
 * writes to the layout without this lock, names of either program can be lost
 * in the few milliseconds between reading and renaming index.json.
 *
 * A blob that the layout has already is compared with its digest before it is
 * used again; a damaged blob is replaced. oci_spec_pack with a cache makes one
 * exception: a layer whose file has the device, inode, size and mtime that the
 * cache recorded is used without being read.
 */
OCI_API int oci_layout_create(struct oci_store **out, const char *path,
			      struct oci_error *err);
/*
 * Makes the commit fail if another process has changed an image of the layout.
 * While the layout is locked, oci_store_commit compares the given digest with
 * that of the image called name, or of the only image if name is NULL. If the
 * two differ, the commit returns OCI_E_CHANGED and changes nothing. Errors:
 * OCI_E_INVALID if store was not made by oci_layout_create.
 */
OCI_API int oci_layout_expect(struct oci_store *store, const char *name,
			      const struct oci_digest *digest,
			      struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
