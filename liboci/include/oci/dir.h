/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders in the format of skopeo's and podman's dir: transport. Such a folder
 * has manifest.json, a file for each blob, named by the hex digits of its
 * digest, and HEX.manifest.json for each manifest of an index.
 */
#ifndef OCI_DIR_H
#define OCI_DIR_H

#include <oci/error.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens such a folder for reading. It has one image, without a name, with the
 * media types that it was saved with. Errors: OCI_E_UNSUPPORTED for Docker's
 * schema 1.
 */
OCI_API int oci_dir_open(struct oci_store **out, const char *path,
			 struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
