/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests and indexes of a repository that are in memory: downloaded, or
 * to be pushed. OCI Distribution Specification, "Pushing Manifests". */
#ifndef REGISTRY_MANIFESTS_H
#define REGISTRY_MANIFESTS_H

#include <oci/manifest.h>

#include "registry/client.h"
#include "store/closure.h"

struct oci_manifests {
	struct oci_descriptors list;	/* children before parents */
	struct oci_strings texts;	/* in the order of the list */
	struct oci_strings held;	/* digests of documents that the
					 * repository has */
	char *tag;			/* the image's future tag; or NULL */
	struct oci_digest tagged;	/* the document that has this tag
					 * already; or empty */
};

/* Copies descriptor and text; does nothing if the list has the digest
 * already. */
int oci_manifests_add(struct oci_manifests *manifests,
		      const struct oci_descriptor *descriptor,
		      const char *text, struct oci_error *err);
/* Returns the text, borrowed; or NULL. */
const char *oci_manifests_find(const struct oci_manifests *manifests,
			       const struct oci_digest *digest);
/* Opens a source over a document; a document that is not in the list is
 * downloaded and added to it. */
int oci_manifests_open(struct oci_source **out,
		       struct oci_manifests *manifests,
		       struct oci_client *client,
		       const struct oci_digest *digest,
		       struct oci_error *err);
/*
 * Sets *out if the repository has all documents of an image, and therefore its
 * blobs: a registry takes a manifest only when it has them. Always false if a
 * document has a subject, because the registry's list of referrers may lack it.
 * Takes one request for each document; for the image, by its tag first.
 */
int oci_manifests_hold(bool *out, struct oci_manifests *manifests,
		       const struct oci_closure *image,
		       struct oci_client *client, struct oci_error *err);
/* Puts the documents under their digests, in order, except those that the
 * repository has. Sets *blobs_missing if the registry refused a manifest
 * because it misses blobs. If the registry keeps no list of referrers, the
 * documents of `listed` (NULL: all) that have a subject are added to its
 * referrers tag. */
int oci_manifests_put(bool *blobs_missing,
		      const struct oci_manifests *manifests,
		      const struct oci_descriptors *listed,
		      struct oci_client *client, struct oci_error *err);
/* OCI_E_CHANGED unless the image's tag still leads to expected (empty: does not
 * exist), because another run may have set it. Tags of signatures are not
 * checked. If manifests->tag is NULL, all names are checked. */
int oci_manifests_expect(const struct oci_manifests *manifests,
			 const struct oci_digest *expected,
			 struct oci_client *client,
			 const struct oci_descriptors *names,
			 struct oci_error *err);
/* Puts the documents that have names under their tags. */
int oci_manifests_tag(const struct oci_manifests *manifests,
		      struct oci_client *client,
		      const struct oci_descriptors *names,
		      struct oci_error *err);
/* dry_run.c: reports what putting and tagging would do. */
int oci_manifests_tell(const struct oci_manifests *manifests,
		       struct oci_client *client,
		       const struct oci_descriptors *names,
		       struct oci_error *err);
void oci_manifests_release(struct oci_manifests *manifests);

#endif
