/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests that name another one as their subject: signatures, bills of
 * material. OCI Image Specification, manifest.md, "subject". */
#ifndef STORE_REFERRERS_H
#define STORE_REFERRERS_H

#include <stdbool.h>

#include <oci/store.h>

/* What a store without a list of its own has: read once, and asked often. An
 * all-zero struct is empty. */
struct oci_attached {
	bool read;
	struct oci_descriptors list;
	struct oci_strings subjects;	/* beside it: digests */
};

/* Adds descriptors of what the store has for subject to *out. */
int oci_store_referrers(struct oci_descriptors *out,
			struct oci_attached *attached, struct oci_store *store,
			const struct oci_digest *subject,
			struct oci_error *err);
void oci_attached_release(struct oci_attached *attached);
/*
 * How a manifest is listed among the referrers of its subject: with its
 * artifact type and all of its annotations. *subject is empty where it has
 * none, and *out as well then.
 */
int oci_referrer_describe(struct oci_descriptor *out,
			  struct oci_digest *subject,
			  const struct oci_descriptor *manifest,
			  const char *text, struct oci_error *err);

#endif
