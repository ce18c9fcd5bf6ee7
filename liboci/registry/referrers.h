/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests with a subject. OCI Distribution Specification, "Pushing Manifests
 * with Subject". */
#ifndef REGISTRY_REFERRERS_H
#define REGISTRY_REFERRERS_H

#include <oci/descriptor.h>

#include "registry/client.h"
#include "registry/manifests.h"

/*
 * For registries that do not list referrers themselves: enters manifests and
 * indexes with a subject into the index that the tag ALG-HEX of their subject
 * names. missing says of each of the manifests whether it is to be entered, and
 * is changed; those without a subject are passed over. Other runs may set the
 * same tag: it is read again after a pause, and written again where entries
 * are gone; OCI_E_CHANGED where that has no end. Registries have no exchange in
 * one step: a run that takes longer than the pause may still replace the tag.
 */
int oci_referrers_add(struct oci_client *client,
		      const struct oci_manifests *manifests, bool *missing,
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
