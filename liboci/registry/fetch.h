/* SPDX-License-Identifier: Apache-2.0 */
/* Downloading. OCI Distribution Specification, "Pulling blobs", "Pulling
 * manifests". */
#ifndef REGISTRY_FETCH_H
#define REGISTRY_FETCH_H

#include <oci/descriptor.h>

#include "registry/client.h"

/*
 * Writes a blob to sink, going on after breaks where the registry can. A
 * sink gets each byte once and in order. Whether they are the right bytes is
 * the reader's to check.
 */
int oci_fetch_blob(struct oci_client *client,
		   const struct oci_descriptor *descriptor,
		   struct oci_sink *sink, struct oci_error *err);
/* The digest that a tag or digest leads to; empty where there is nothing.
 * actions: what the login is for, "pull" or also what comes next. */
int oci_fetch_digest(struct oci_digest *out, struct oci_client *client,
		     const char *actions, const char *reference,
		     struct oci_error *err);
/* The same, and a HEAD that finds nothing is not believed: some registries
 * answer GET alone. */
int oci_fetch_digest_surely(struct oci_digest *out, struct oci_client *client,
			    const char *actions, const char *reference,
			    struct oci_error *err);
/*
 * Gets a manifest or index by tag or digest. *text has a NUL behind it, the
 * caller frees it; *out has media type, digest and size. A document that is
 * not the digest asked for is OCI_E_CORRUPT.
 */
int oci_fetch_manifest(struct oci_descriptor *out, char **text,
		       struct oci_client *client, const char *reference,
		       struct oci_error *err);

#endif
