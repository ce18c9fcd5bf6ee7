/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifact manifests of the release candidates of the image specification 1.1,
 * which some referrers still are: "blobs" instead of a config and layers. They
 * are read and copied, but never written.
 */
#ifndef DOCUMENT_ARTIFACT_H
#define DOCUMENT_ARTIFACT_H

#include <oci/manifest.h>

#define OCI_MEDIA_ARTIFACT "application/vnd.oci.artifact.manifest.v1+json"

bool oci_media_is_artifact(const char *media_type);
/* Returns whether it is a manifest, an index or an artifact manifest, which a
 * registry has under /manifests/. */
bool oci_media_is_document(const char *media_type);
/* Reads an artifact manifest: its blobs are out->layers, and out->config stays
 * empty. The caller releases *out. */
int oci_artifact_parse(struct oci_manifest *out, const char *json, size_t size,
		       struct oci_error *err);

#endif
