/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests and indexes of a repository that are at hand: read, or to be
 * pushed. OCI Distribution Specification, "Pushing Manifests". */
#ifndef REGISTRY_MANIFESTS_H
#define REGISTRY_MANIFESTS_H

#include <oci/manifest.h>

#include "registry/client.h"
#include "store/closure.h"

struct oci_manifests {
	struct oci_descriptors list;	/* children before parents */
	struct oci_strings texts;	/* beside the list */
	struct oci_strings held;	/* digests of those that are there */
	char *tag;			/* that an image will get; or NULL */
	struct oci_digest tagged;	/* the one that has it; or empty */
};

/* Copies both; a document that is there already stays. */
int oci_manifests_add(struct oci_manifests *manifests,
		      const struct oci_descriptor *descriptor,
		      const char *text, struct oci_error *err);
/* The text, or NULL. */
const char *oci_manifests_find(const struct oci_manifests *manifests,
			       const struct oci_digest *digest);
/* A source over one; fetched, and kept, where it is not at hand. */
int oci_manifests_open(struct oci_source **out,
		       struct oci_manifests *manifests,
		       struct oci_client *client,
		       const struct oci_digest *digest,
		       struct oci_error *err);
/*
 * Whether the repository has all documents of an image, and thus what they
 * lead to: it took them when all of it was there. Of what has a subject it is
 * never said: the list of referrers may lack it. One question each; where the
 * tag leads to the image, that is the question for it.
 */
int oci_manifests_hold(bool *out, struct oci_manifests *manifests,
		       const struct oci_closure *image,
		       struct oci_client *client, struct oci_error *err);
/* Puts those that are not there by their digests, in order. *blobs_missing is
 * whether the registry misses blobs that one of them names. Where the registry
 * keeps no list of referrers, those of listed (NULL: all) that have a subject
 * are entered in its referrers tag. */
int oci_manifests_put(bool *blobs_missing,
		      const struct oci_manifests *manifests,
		      const struct oci_descriptors *listed,
		      struct oci_client *client, struct oci_error *err);
/* Whether the image's tag still leads to expected (empty: to nothing); another
 * run may have set it meanwhile: OCI_E_CHANGED. Tags of signatures are not
 * asked for. If the image's tag is not known, all of the names are compared. */
int oci_manifests_expect(const struct oci_manifests *manifests,
			 const struct oci_digest *expected,
			 struct oci_client *client,
			 const struct oci_descriptors *names,
			 struct oci_error *err);
/* Puts those that have names under their tags. */
int oci_manifests_tag(const struct oci_manifests *manifests,
		      struct oci_client *client,
		      const struct oci_descriptors *names,
		      struct oci_error *err);
/* dry_run.c: tells what putting and tagging would do. */
int oci_manifests_tell(const struct oci_manifests *manifests,
		       struct oci_client *client,
		       const struct oci_descriptors *names,
		       struct oci_error *err);
void oci_manifests_release(struct oci_manifests *manifests);

#endif
