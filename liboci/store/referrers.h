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

/*
 * cosign's signatures, attestations and bills of material have no subject, but
 * a tag each, made of the digest of what they are about: "sha256-HEX.sig",
 * ".att" and ".sbom" (sigstore/cosign, specs/SIGNATURE_SPEC.md).
 */
#define OCI_SIGNATURE_TAG (OCI_DIGEST_TEXT + 8)

/* The i-th of these tags of subject; false behind the last one. */
bool oci_signature_tag(char out[OCI_SIGNATURE_TAG],
		       const struct oci_digest *subject, size_t i);
/* Whether an entry of index.json has a tag of that kind. */
bool oci_is_signature(const struct oci_descriptor *entry);
/* The manifest that has a tag, and its text; OCI_E_NOT_FOUND where there is
 * none. The caller releases *out and frees *text, which is NULL on failure. */
int oci_store_find_tag(struct oci_descriptor *out, char **text,
		       struct oci_store *store, const char *tag,
		       struct oci_error *err);
/* Whether ours, a manifest with its text, may take the place of what the tag
 * of the other store holds: OCI_E_CONFLICT where signatures would be lost. */
int oci_signatures_copy_tag(struct oci_store *to, const char *tag,
			    const struct oci_descriptor *ours, const char *text,
			    struct oci_error *err);

#endif
