/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI image layouts: a folder with oci-layout, index.json and blobs.
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

/* Opens a layout to read. */
OCI_API int oci_layout_open(struct oci_store **out, const char *path,
			    struct oci_error *err);
/*
 * Opens a layout to add to; one that does not exist is made. A folder that is
 * neither empty nor a layout is OCI_E_CONFLICT. Other images in it stay.
 *
 * Several processes may write to one layout at the same time. Blobs and names
 * of this run appear with oci_store_commit, which locks the file oci-layout
 * (flock(2)) and adds the names to those that index.json has by then. A name
 * that two runs give is the later one's. Programs that do not take this lock
 * may lose names, or make this run lose them, in the few milliseconds between
 * the reading and the renaming of index.json.
 *
 * A blob that is there already is read and compared with its digest before
 * anything relies on it; one that is damaged is written again.
 */
OCI_API int oci_layout_create(struct oci_store **out, const char *path,
			      struct oci_error *err);
/*
 * Makes the commit of a layout that was opened to write depend on what another
 * run may do: if the image called name (NULL: the only one) is not digest by
 * then, oci_store_commit returns OCI_E_CHANGED and changes nothing.
 * OCI_E_INVALID: the store is no layout that was opened to write.
 */
OCI_API int oci_layout_expect(struct oci_store *store, const char *name,
			      const struct oci_digest *digest,
			      struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
