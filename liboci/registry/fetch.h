/* SPDX-License-Identifier: Apache-2.0 */
/* Downloading. OCI Distribution Specification, "Pulling blobs", "Pulling
 * manifests". */
#ifndef REGISTRY_FETCH_H
#define REGISTRY_FETCH_H

#include <oci/descriptor.h>

#include "registry/client.h"

/*
 * Writes a blob to sink. If the connection breaks, the download continues where
 * it stopped, if the registry can do that. The sink gets each byte once and in
 * order. Does not check the digest; the caller does.
 */
int oci_fetch_blob(struct oci_client *client,
		   const struct oci_descriptor *descriptor,
		   struct oci_sink *sink, struct oci_error *err);
/* Finds the digest of a tag or digest; *out is empty if the repository has no
 * such manifest. actions: the scope of the token, "pull" or "pull,push". */
int oci_fetch_digest(struct oci_digest *out, struct oci_client *client,
		     const char *actions, const char *reference,
		     struct oci_error *err);
/* The same, except that GET confirms a 404 to HEAD: some registries answer GET
 * only. */
int oci_fetch_digest_surely(struct oci_digest *out, struct oci_client *client,
			    const char *actions, const char *reference,
			    struct oci_error *err);
/*
 * Gets a manifest or index by tag or digest. *text ends in a NUL; the caller
 * frees it. *out has media type, digest and size. OCI_E_CORRUPT: the document
 * does not have the digest that was asked for.
 */
int oci_fetch_manifest(struct oci_descriptor *out, char **text,
		       struct oci_client *client, const char *reference,
		       struct oci_error *err);

#endif
