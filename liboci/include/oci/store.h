/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store holds blobs, each under its digest, and names for some of them. OCI
 * layouts (<oci/layout.h>), archives (<oci/archive.h>) and repositories of
 * registries (<oci/repository.h>) are stores.
 *
 * oci_store_commit makes everything that was added visible. If a store is freed
 * without a commit, oci_store_free removes what was written to it and leaves
 * the rest as it was. Blobs and manifests that were sent to a registry stay
 * there, without a tag. A store is used by one thread at a time; different
 * threads may use different stores.
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
#include <oci/progress.h>
#include <oci/reference.h>
#include <oci/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_store;

/* Sets *out to whether the store has the blob. In general the blob is not read;
 * a store of oci_layout_create reads the blob the first time and compares it
 * with the digest. A damaged blob then counts as absent. */
OCI_API int oci_store_has(bool *out, struct oci_store *store,
			  const struct oci_digest *digest,
			  struct oci_error *err);
/*
 * Opens a blob for reading. Reading fails with OCI_E_CORRUPT if the blob is
 * longer than the descriptor says, and at the blob's end if it is shorter or
 * has another digest. The caller frees *out before the store.
 */
OCI_API int oci_store_open(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err);
/*
 * Reads a document of at most OCI_DOCUMENT_MAX bytes into *out, compares it
 * with the descriptor's size and digest, and appends a NUL. The caller frees
 * *out.
 */
OCI_API int oci_store_read(char **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err);

/*
 * Starts a blob whose digest is not known yet. The caller writes the bytes to
 * the sink *out, passes the sink to oci_store_add, and frees the sink before
 * the next blob is started.
 */
OCI_API int oci_store_create(struct oci_sink **out, struct oci_store *store,
			     struct oci_error *err);
/* Adds what was written to `blob`. The store does not compare digest and size
 * (bytes) with what was written. If the store has an equal blob already, that
 * blob stays. */
OCI_API int oci_store_add(struct oci_store *store, struct oci_sink *blob,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err);
/*
 * Adds a document of size bytes and fills in the digest and size of *out. The
 * caller has set the other members of *out, such as the media type.
 */
OCI_API int oci_store_put(struct oci_descriptor *out, struct oci_store *store,
			  const void *data, size_t size,
			  struct oci_error *err);

/*
 * Gives an image a name, and takes that name from any other image. If name is
 * NULL, the image is added to the store's index without a name. A name without
 * host and path is only a tag, and is the same name as every full name with
 * that tag (a struct oci_reference of zeros whose tag is filled in;
 * oci_reference_parse always sets a host). Two full names are the same only if
 * host, path and tag are all equal. The store of a repository sets the tag of
 * name in its own repository, whatever host and path name has; without a tag in
 * name, it sets none. Errors: OCI_E_NOMEM.
 */
OCI_API int oci_store_tag(struct oci_store *store,
			  const struct oci_reference *name,
			  const struct oci_descriptor *descriptor,
			  struct oci_error *err);
/*
 * Removes an image from the store's index, with all of its names. A name that
 * another process gives to the image before oci_store_commit is not removed.
 * Errors: OCI_E_NOMEM.
 */
OCI_API int oci_store_untag(struct oci_store *store,
			    const struct oci_digest *digest,
			    struct oci_error *err);
/* Returns the entries of the store's index: an image with several names has an
 * entry for each name. The annotations of an entry have the name, if there is
 * one. Borrowed until the next change of a name. */
OCI_API const struct oci_descriptors *
oci_store_names(const struct oci_store *store);
/*
 * Finds an image by a tag, by a reference (without a tag: "latest"), or by a
 * digest. If name is NULL, finds the store's only image; artifacts without a
 * name, such as signatures, count only if the store has no image. The caller
 * releases *out. Errors: OCI_E_NOT_FOUND, OCI_E_INVALID if several images
 * match. The messages list the names that the store has.
 */
OCI_API int oci_store_resolve(struct oci_descriptor *out,
			      const struct oci_store *store, const char *name,
			      struct oci_error *err);

/*
 * Lists the manifests of an image in the order of its indexes: `from` itself if
 * it is a manifest, otherwise the members of the index and of the indexes in
 * it. Attestations are left out. The manifests are not read, so that the store
 * need not have all of them. has_platform of a listed manifest is false if its
 * index tells no platform. The caller releases *out. Errors: those of
 * oci_store_read, OCI_E_LIMIT.
 */
OCI_API int oci_store_images(struct oci_descriptors *out,
			     struct oci_store *store,
			     const struct oci_descriptor *from,
			     struct oci_error *err);
/*
 * Finds the manifest for a platform among those of oci_store_images: the one
 * with an equal platform, otherwise the one with the highest variant that fits
 * (oci_platform_fits). If platform is NULL, finds the first manifest. If an
 * index tells no platform of an image, the image's config is read. The caller
 * releases *out. Errors: OCI_E_NOT_FOUND; the message lists the platforms of
 * the image.
 */
OCI_API int oci_store_manifest(struct oci_descriptor *out,
			       struct oci_store *store,
			       const struct oci_descriptor *from,
			       const struct oci_platform *platform,
			       struct oci_error *err);

/*
 * Makes a tee: a store for writing to several stores at once. Blobs and names
 * that are added to the tee are added to each of the stores. oci_store_commit
 * of the tee prepares all stores, and then commits them in their order. The
 * caller may instead name and commit each store by itself. The stores are
 * borrowed and have to outlive the tee.
 */
OCI_API int oci_store_tee(struct oci_store **out,
			  struct oci_store *const *stores, size_t count,
			  struct oci_error *err);

/*
 * Makes everything that was added and named visible to readers. If the commit
 * fails, readers see the store as it was before; blobs without a name may be
 * left over. There are two exceptions: a registry may have set some of several
 * tags, and a tee may have committed some of its stores. Files are synced to
 * disk before they are renamed. If a folder cannot be synced after the
 * renaming, the commit succeeds all the same.
 */
OCI_API int oci_store_commit(struct oci_store *store, struct oci_error *err);
/*
 * Does the first part of a commit: all steps that may fail for lack of space or
 * of a connection and whose results readers do not see yet. Afterwards a
 * registry has all blobs and manifests, but not the tags; an archive is
 * complete under a temporary name; a layout is locked and has its new
 * index.json beside the old one. An archive on standard output is written
 * already here. oci_store_commit then sets the tags and renames the files.
 *
 * To commit several stores together, prepare each store, then commit each.
 * Nothing may be added or named in between. oci_store_free undoes the
 * preparation, except that blobs and manifests stay in a registry. Bytes on
 * standard output cannot be taken back.
 */
OCI_API int oci_store_prepare(struct oci_store *store, struct oci_error *err);
/*
 * Makes commits cancellable: oci_store_commit and oci_store_prepare return
 * OCI_E_CANCELLED and change nothing if *cancelled is not 0 at the time of the
 * call, or while the call waits for the lock of another process. cancelled is
 * borrowed until the store is freed. Any thread or signal handler may set
 * *cancelled.
 */
OCI_API void oci_store_watch(struct oci_store *store,
			     volatile const int *cancelled);
/*
 * Calls progress when the reading of a layer, config or other blob begins,
 * about once per MiB of it, and at its end; not for manifests and indexes. It
 * is called on the threads that read, so possibly on several at a time. A
 * repository calls progress of oci_registry_options as well, which tells of the
 * download. Call this before the store is read; progress may be NULL.
 */
OCI_API void oci_store_progress(struct oci_store *store,
				oci_progress_fn *progress, void *data);
/* NULL-safe. */
OCI_API void oci_store_free(struct oci_store *store);

/* Called for one blob; size is in bytes. A result other than 0 ends the visit.
 */
typedef int oci_blob_fn(void *data, const struct oci_digest *digest,
			uint64_t size, struct oci_error *err);
/* Calls visit for each blob of the store, in the order of the digests. A
 * repository does not list its blobs, so visit is not called. Returns the first
 * result of visit that is not 0. */
OCI_API int oci_store_blobs(struct oci_store *store, oci_blob_fn *visit,
			    void *data, struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
