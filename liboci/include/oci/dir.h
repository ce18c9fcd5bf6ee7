/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders as skopeo's and podman's dir: transport writes them: manifest.json,
 * blobs named by the digits of their digests, and HEX.manifest.json for the
 * manifests of an index.
 */
#ifndef OCI_DIR_H
#define OCI_DIR_H

#include <oci/error.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens such a folder to read. Its one image has no name, and OCI's or
 * Docker's media types, as it was saved. Docker's schema 1 is
 * OCI_E_UNSUPPORTED.
 */
OCI_API int oci_dir_open(struct oci_store **out, const char *path,
			 struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
