/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repositories of a registry, such as ghcr.io/owner/app. A repository is a
 * store: oci_repository_store gives it to the functions of <oci/store.h>.
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
 * Opens the image that reference names, to read it: by its digest, else by its
 * tag, else by the tag "latest". The manifest or index is fetched at once, and
 * is what oci_store_resolve finds under the name NULL. registry has to outlive
 * the repository. Errors: OCI_E_NOT_FOUND if there is no such image,
 * OCI_E_SYSTEM if the registry cannot be reached or refuses.
 */
OCI_API int oci_repository_open(struct oci_repository **out,
				struct oci_registry *registry,
				const struct oci_reference *reference,
				struct oci_error *err);

/*
 * Opens a repository to push to. Nothing is requested yet. Each blob is
 * uploaded while the next ones are added. If the repository is empty, a blob
 * may be uploaded while it is written. oci_store_commit waits for all uploads,
 * then puts manifests, children first, and at last the tags that oci_store_tag
 * gave. If reference has a tag, the push asks for the image under that tag
 * first: if the registry has it, nothing has to be uploaded.
 * mount_from (may be NULL, copied) lists other repositories of the registry
 * that may have the blobs. registry has to outlive the repository.
 */
OCI_API int oci_repository_create(struct oci_repository **out,
				  struct oci_registry *registry,
				  const struct oci_reference *reference,
				  const struct oci_strings *mount_from,
				  struct oci_error *err);

/* The repository as a store: the same object, not a copy. */
OCI_API struct oci_store *
oci_repository_store(struct oci_repository *repository);

/*
 * Makes the commit fail if another client has changed the image. Directly
 * before oci_store_commit sets tags, it compares the image under the tag of the
 * reference that oci_repository_create got; without a tag there, under each of
 * the new tags. If its digest is not the given one, the commit returns
 * OCI_E_CHANGED, and the manifests stay in the registry without tags. An empty
 * digest stands for a tag that does not exist. A registry has no
 * compare-and-swap: a tag that another client sets between the comparison and
 * the PUT is overwritten.
 */
OCI_API void oci_repository_expect(struct oci_repository *repository,
				   const struct oci_digest *digest);

/* What a push has uploaded; counted until oci_store_commit. */
struct oci_push_result {
	uint64_t uploaded; /* blobs */
	uint64_t uploaded_bytes;
	uint64_t mounted; /* blobs */
	uint64_t present; /* blobs that the repository had */
};

/* Returns the counts so far. All are 0 if the repository was opened to read. */
OCI_API struct oci_push_result
oci_repository_result(const struct oci_repository *repository);

/*
 * Adds all tags of a repository to *out, in the registry's order, which the
 * specification wants to be lexical. The tag and digest of name are not used.
 * The caller releases *out in any case. Errors: OCI_E_NOT_FOUND if there is no
 * such repository, OCI_E_LIMIT beyond 100 pages or 16 MiB.
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
