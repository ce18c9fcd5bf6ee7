/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json of an archive, which describes its images for Docker. */
#ifndef STORE_DOCKER_H
#define STORE_DOCKER_H

#include "store/store.h"

/* Room for "blobs/ALG/HEX". */
#define OCI_BLOB_PATH (OCI_DIGEST_TEXT + 8)

void oci_blob_path(char out[OCI_BLOB_PATH], const struct oci_digest *digest);

/*
 * Makes manifest.json for the images that the store names, each once with its
 * tags. For an index, it describes the image of one platform: `platform`, or,
 * if that is NULL, the first. The caller frees *out.
 */
int oci_docker_describe(char **out, struct oci_store *store,
			const struct oci_platform *platform,
			struct oci_error *err);

#endif
