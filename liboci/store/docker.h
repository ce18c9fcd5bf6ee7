/* SPDX-License-Identifier: Apache-2.0 */
/* What manifest.json of an archive has to say of its images. */
#ifndef STORE_DOCKER_H
#define STORE_DOCKER_H

#include "store/store.h"

/* Room for "blobs/ALG/HEX". */
#define OCI_BLOB_PATH (OCI_DIGEST_TEXT + 8)

void oci_blob_path(char out[OCI_BLOB_PATH], const struct oci_digest *digest);

/*
 * manifest.json for what the store names: each image once, with its tags. Of
 * an index it can tell one platform's image: platform's, NULL: the first.
 * The caller frees *out.
 */
int oci_docker_describe(char **out, struct oci_store *store,
			const struct oci_platform *platform,
			struct oci_error *err);

#endif
