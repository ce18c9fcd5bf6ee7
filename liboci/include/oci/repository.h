/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repositories of a registry, such as ghcr.io/owner/app. A repository is a
 * store: the functions of <oci/store.h> take what oci_repository_store returns.
 * OCI Distribution Specification 1.1.
 */
#ifndef OCI_REPOSITORY_H
#define OCI_REPOSITORY_H

#include <stdbool.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/reference.h>
#include <oci/registry.h>
#include <oci/store.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed by oci_store_free(oci_repository_store(repository)). Used by one thread
 * at a time. */
struct oci_repository;

/*
 * Opens a repository to read one image: the one with the digest of reference;
 * if reference has no digest, the one with its tag; without both, the one with
 * the tag "latest". This call fetches the image's manifest or index;
 * oci_store_resolve with the name NULL finds the image. registry has to outlive
 * the repository. Errors: OCI_E_NOT_FOUND if there is no such image,
 * OCI_E_SYSTEM if the registry cannot be reached or refuses.
 */
OCI_API int oci_repository_open(struct oci_repository **out,
				struct oci_registry *registry,
				const struct oci_reference *reference,
				struct oci_error *err);

/*
 * Opens a repository to push to; this call sends no request. Each blob is
 * uploaded while the next ones are added. If the repository has no tags, a blob
 * may be uploaded while it is written. oci_store_commit waits for all uploads,
 * then puts manifests, children first, and then sets the tags that
 * oci_store_tag gave; the tag of reference is not set by itself. mount_from
 * (may be NULL, copied) lists other repositories of the registry that may have
 * the blobs. registry has to outlive the repository.
 *
 * Before oci_store_copy uploads anything, it asks whether the repository has
 * the copied image: first under the tag of reference, then under the image's
 * digest. If the repository has all documents of the image, nothing is
 * uploaded. oci_store_copy does not ask in a dry run, or if a document of the
 * image has a "subject". oci_spec_pack never asks.
 */
OCI_API int oci_repository_create(struct oci_repository **out,
				  struct oci_registry *registry,
				  const struct oci_reference *reference,
				  const struct oci_strings *mount_from,
				  struct oci_error *err);

/* Returns the repository as a store: the same object, not a copy. */
OCI_API struct oci_store *
oci_repository_store(struct oci_repository *repository);

/*
 * Makes the commit fail if another client has changed the image. Directly
 * before oci_store_commit sets the tags, it compares the given digest with the
 * one that the registry has for the tag of the reference that was passed to
 * oci_repository_create. If that reference has no tag, each of the new tags is
 * compared. If a digest differs, the commit returns OCI_E_CHANGED, and the
 * manifests stay in the registry without tags. An empty digest means that the
 * tag must not exist. A dry run compares nothing. A registry has no
 * compare-and-swap: a tag that another client sets between the comparison and
 * the PUT is overwritten.
 */
OCI_API void oci_repository_expect(struct oci_repository *repository,
				   const struct oci_digest *digest);

/* How many blobs a push uploaded, mounted, or found in the repository. */
struct oci_push_result {
	uint64_t uploaded;	 /* blobs */
	uint64_t uploaded_bytes; /* bytes of these blobs */
	uint64_t mounted;	 /* blobs */
	uint64_t present;	 /* blobs that the repository had already */
};

/* Returns the counts of oci_store_prepare or oci_store_commit. All are 0 before
 * these calls, and if the repository was opened to read. */
OCI_API struct oci_push_result
oci_repository_result(const struct oci_repository *repository);

/*
 * Adds all tags of a repository to *out, in the registry's order. The
 * specification wants that order to be lexical. The tag and digest of name are
 * not used. The caller releases *out in any case. Errors: OCI_E_NOT_FOUND if
 * there is no such repository, OCI_E_LIMIT beyond 100 pages or 16 MiB.
 * OCI Distribution Specification, "Listing tags".
 */
OCI_API int oci_repository_tags(struct oci_strings *out,
				struct oci_registry *registry,
				const struct oci_reference *name,
				struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
