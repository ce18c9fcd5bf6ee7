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

/* Opens a layout for reading. */
OCI_API int oci_layout_open(struct oci_store **out, const char *path,
			    struct oci_error *err);
/*
 * Opens a layout for adding images, and creates it if path does not exist. The
 * images that it has stay. Errors: OCI_E_CONFLICT if path is a folder that is
 * neither empty nor a layout.
 *
 * Several processes may add to one layout at the same time. oci_store_commit
 * locks the file oci-layout with flock(2) and adds its names to those that
 * index.json has at that moment. If two processes give the same name, the later
 * commit has it. A program that does not take this lock can lose names, or make
 * this process lose them, in the few milliseconds between reading and renaming
 * index.json.
 *
 * A blob that the layout already has is compared with its digest before it is
 * used; a damaged blob is replaced.
 */
OCI_API int oci_layout_create(struct oci_store **out, const char *path,
			      struct oci_error *err);
/*
 * Makes the commit fail if another process has changed an image of the layout.
 * oci_store_commit compares the digest of the image called name, or of the only
 * image if name is NULL, while the layout is locked. If it is not the given
 * digest, the commit returns OCI_E_CHANGED and changes nothing. Errors:
 * OCI_E_INVALID if store is not of oci_layout_create.
 */
OCI_API int oci_layout_expect(struct oci_store *store, const char *name,
			      const struct oci_digest *digest,
			      struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
