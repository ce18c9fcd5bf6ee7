/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders in the format of the dir: transport of skopeo and podman. Such a
 * folder has one image: manifest.json, a file HEX for each blob, and a file
 * HEX.manifest.json for each manifest of an index. HEX is the hex digits of the
 * blob's or manifest's digest.
 */
#ifndef OCI_DIR_H
#define OCI_DIR_H

#include <oci/error.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens such a folder for reading. The store has the image without a name; the
 * media types are those of the folder's manifest. Errors: OCI_E_NOT_FOUND,
 * OCI_E_UNSUPPORTED for Docker's schema 1.
 */
OCI_API int oci_dir_open(struct oci_store **out, const char *path,
			 struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
