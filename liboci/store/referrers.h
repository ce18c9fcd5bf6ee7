/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests that name another one as their subject: signatures, bills of
 * material. OCI Image Specification, manifest.md, "subject". */
#ifndef STORE_REFERRERS_H
#define STORE_REFERRERS_H

#include <stdbool.h>

#include <oci/store.h>

/* The referrers in a store without a list, read once. Zero it to start. */
struct oci_attached {
	bool read;
	struct oci_descriptors list;
	struct oci_strings subjects; /* digests, in the order of the list */
};

/* Adds descriptors of the referrers of subject to *out. */
int oci_store_referrers(struct oci_descriptors *out,
			struct oci_attached *attached, struct oci_store *store,
			const struct oci_digest *subject,
			struct oci_error *err);
void oci_attached_release(struct oci_attached *attached);
/*
 * Makes the descriptor by which a manifest is listed among the referrers of its
 * subject, with its artifact type and all of its annotations. If the manifest
 * has no subject, *subject and *out are empty.
 */
int oci_referrer_describe(struct oci_descriptor *out,
			  struct oci_digest *subject,
			  const struct oci_descriptor *manifest,
			  const char *text, struct oci_error *err);

/*
 * cosign's signatures, attestations and bills of material have no subject. Each
 * has a tag with the digest of the signed manifest: "sha256-HEX.sig", ".att"
 * and ".sbom" (sigstore/cosign, specs/SIGNATURE_SPEC.md).
 */
#define OCI_SIGNATURE_TAG (OCI_DIGEST_TEXT + 8)

/* Makes the i-th of these tags; returns false after the last one. */
bool oci_signature_tag(char out[OCI_SIGNATURE_TAG],
		       const struct oci_digest *subject, size_t i);
/* Returns whether an entry of index.json has such a tag. */
bool oci_is_signature(const struct oci_descriptor *entry);
/* Finds the manifest of a tag, and its text. Errors: OCI_E_NOT_FOUND. The
 * caller releases *out and frees *text, which is NULL on failure. */
int oci_store_find_tag(struct oci_descriptor *out, char **text,
		       struct oci_store *store, const char *tag,
		       struct oci_error *err);
/* Checks whether the manifest `ours`, with its text, may replace the one that
 * has the tag in `to`. OCI_E_CONFLICT: signatures would be lost. */
int oci_signatures_copy_tag(struct oci_store *to, const char *tag,
			    const struct oci_descriptor *ours, const char *text,
			    struct oci_error *err);

#endif
