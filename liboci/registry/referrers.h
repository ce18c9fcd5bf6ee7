/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests with a subject. OCI Distribution Specification, "Pushing Manifests
 * with Subject". */
#ifndef REGISTRY_REFERRERS_H
#define REGISTRY_REFERRERS_H

#include <oci/descriptor.h>

#include "registry/client.h"

/*
 * For registries that do not list referrers themselves: enters a manifest
 * or index with a subject into the index that the tag ALG-HEX of its subject
 * names.
 * Nothing is done for one without.
 */
int oci_referrers_add(struct oci_client *client,
		      const struct oci_descriptor *manifest, const char *text,
		      struct oci_error *err);
/* Adds what the repository has for subject, by the registry's own list or by
 * that tag, to *out. */
int oci_referrers_list(struct oci_descriptors *out, struct oci_client *client,
		       const struct oci_digest *subject,
		       struct oci_error *err);
/* manifests.c: one PUT under a name. */
int oci_manifest_put(const struct oci_descriptor *descriptor, const char *text,
		     const char *name, struct oci_client *client,
		     struct oci_error *err);

#endif
