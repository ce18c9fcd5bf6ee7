/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store holds blobs under their digests, and names for some of them. OCI
 * layouts (layout.h) and archives (archive.h) are stores.
 *
 * What is written becomes visible with oci_store_commit; a store that is
 * freed before it leaves what was there untouched and removes what it wrote.
 * A store serves one thread at a time; different stores are independent.
 */
#ifndef OCI_STORE_H
#define OCI_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/descriptor.h>
#include <oci/digest.h>
#include <oci/error.h>
#include <oci/manifest.h>
#include <oci/platform.h>
#include <oci/reference.h>
#include <oci/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_store;

/* Whether the blob is there; nothing is read. */
OCI_API int oci_store_has(bool *out, struct oci_store *store,
			  const struct oci_digest *digest,
			  struct oci_error *err);
/*
 * Opens a blob. What is read is checked: bytes beyond the descriptor's size,
 * a short end, and a digest that differs are OCI_E_CORRUPT, the last two when
 * the end is reached.
 */
OCI_API int oci_store_open(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err);
/*
 * Reads a document of at most OCI_DOCUMENT_MAX bytes, checked as above, into
 * *out with a NUL behind it. The caller frees it.
 */
OCI_API int oci_store_read(char **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err);

/*
 * Starts a blob whose digest is not known yet. Bytes go to *out, which the
 * caller frees; oci_store_add makes them a blob of the store. One at a time.
 */
OCI_API int oci_store_create(struct oci_sink **out, struct oci_store *store,
			     struct oci_error *err);
/* Finishes blob, whose bytes the caller has measured. Equal blobs are one. */
OCI_API int oci_store_add(struct oci_store *store, struct oci_sink *blob,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err);
/*
 * Adds a document and fills out's digest and size; the caller has set the
 * rest of *out, or leaves it empty.
 */
OCI_API int oci_store_put(struct oci_descriptor *out, struct oci_store *store,
			  const void *data, size_t size,
			  struct oci_error *err);

/*
 * Names an image, in place of whatever had the name. name may be NULL: the
 * image has no name then. A name without a path is a tag alone; it is the same
 * name as each full name with that tag, while two full names have to be equal.
 * Errors: OCI_E_NOMEM.
 */
OCI_API int oci_store_tag(struct oci_store *store,
			  const struct oci_reference *name,
			  const struct oci_descriptor *descriptor,
			  struct oci_error *err);
/*
 * Removes all entries of an image that the store has now, named or not. A name
 * that another process gives the image before oci_store_commit stays.
 * Errors: OCI_E_NOMEM.
 */
OCI_API int oci_store_untag(struct oci_store *store,
			    const struct oci_digest *digest,
			    struct oci_error *err);
/* What the store names, in its own order. Borrowed until the next change. */
OCI_API const struct oci_descriptors *
oci_store_names(const struct oci_store *store);
/*
 * Finds the image called name: a tag, a whole reference, which without a tag is
 * that of "latest", or a digest. NULL finds the only image there is.
 * OCI_E_NOT_FOUND says which names there are.
 */
OCI_API int oci_store_resolve(struct oci_descriptor *out,
			      const struct oci_store *store, const char *name,
			      struct oci_error *err);

/*
 * Lists the manifests that from leads to, in the order of the indexes: from
 * itself, or the members of an index and of indexes in it, without
 * attestations. Manifests are not read: one that an index names need not be
 * there, and has_platform is false where the index does not tell. The caller
 * releases *out. Errors: those of oci_store_read, OCI_E_LIMIT.
 */
OCI_API int oci_store_images(struct oci_descriptors *out,
			     struct oci_store *store,
			     const struct oci_descriptor *from,
			     struct oci_error *err);
/*
 * Finds the manifest for platform among oci_store_images: the one that says
 * just that, else the highest variant that fits (oci_platform_fits); NULL takes
 * the first. Where no index tells the platform of an image, its config does.
 * OCI_E_NOT_FOUND lists the platforms there are. The caller releases *out.
 */
OCI_API int oci_store_manifest(struct oci_descriptor *out,
			       struct oci_store *store,
			       const struct oci_descriptor *from,
			       const struct oci_platform *platform,
			       struct oci_error *err);

/*
 * Several stores as one that is only written to. Names go to each of them.
 * oci_store_commit prepares all of them before it commits the first, in the
 * order of stores; each can as well be named and committed by itself. Freeing
 * the tee frees none of them.
 */
OCI_API int oci_store_tee(struct oci_store **out,
			  struct oci_store *const *stores, size_t count,
			  struct oci_error *err);

/*
 * Makes all that was added and named visible. After a failure the store is as
 * it was before, to its readers; blobs that nothing names may be left. Bytes
 * and names are synced to the disk; a folder that cannot be synced once its
 * new names are there is no failure.
 */
OCI_API int oci_store_commit(struct oci_store *store, struct oci_error *err);
/*
 * Does all of the commit that may fail for want of room or of a connection, and
 * that no reader sees: blobs and manifests are in the registry, without their
 * tags; a file is whole under a temporary name; a layout is locked, and its new
 * index.json written beside the old one. An archive for a stream goes to it.
 * What is left to oci_store_commit is tags and renames. For several stores
 * whose commits belong together: prepare each of them, then commit each.
 * Nothing is added or named in between. Freeing the store takes back what was
 * prepared.
 */
OCI_API int oci_store_prepare(struct oci_store *store, struct oci_error *err);
/*
 * Lets a commit be cancelled: oci_store_commit returns OCI_E_CANCELLED, and
 * changes nothing, if *cancelled is not 0 when it is called, or becomes so
 * while it waits for another process's lock. cancelled is borrowed until the
 * store is freed, and may be set by any thread or by a signal handler.
 */
OCI_API void oci_store_watch(struct oci_store *store,
			     volatile const int *cancelled);
/* NULL-safe. */
OCI_API void oci_store_free(struct oci_store *store);

/* Calls visit for the digest and size of each blob there is, in the order of
 * the digests; a result other than 0 ends it and is returned. */
typedef int oci_blob_fn(void *data, const struct oci_digest *digest,
			uint64_t size, struct oci_error *err);
OCI_API int oci_store_blobs(struct oci_store *store, oci_blob_fn *visit,
			    void *data, struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
