/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests with a subject. OCI Distribution Specification, "Pushing Manifests
 * with Subject". */
#ifndef REGISTRY_REFERRERS_H
#define REGISTRY_REFERRERS_H

#include <oci/descriptor.h>

#include "registry/client.h"
#include "registry/manifests.h"

/*
 * Adds manifests and indexes with a subject to the index under the tag ALG-HEX
 * of their subject, for registries that do not list referrers themselves.
 * missing says for each manifest whether it is to be added, and is changed;
 * manifests without a subject are ignored. Other runs may set the same tag, so
 * it is read again after a pause, and written again if entries are missing.
 * OCI_E_CHANGED: they were missing after every attempt. Registries cannot
 * compare and set a tag in one step: a run that takes longer than the pause may
 * still replace it.
 */
int oci_referrers_add(struct oci_client *client,
		      const struct oci_manifests *manifests, bool *missing,
		      struct oci_error *err);
/* Adds the referrers of subject to *out, from the registry's own list or from
 * that tag. */
int oci_referrers_list(struct oci_descriptors *out, struct oci_client *client,
		       const struct oci_digest *subject, struct oci_error *err);

#endif
