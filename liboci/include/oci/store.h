/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store holds blobs, each under its digest, and names for some of them. OCI
 * layouts (<oci/layout.h>), archives (<oci/archive.h>) and repositories of
 * registries (<oci/repository.h>) are stores.
 *
 * oci_store_commit makes everything that was added visible. A store that is
 * freed without a commit removes what it has written and leaves the rest as it
 * was. A store is used by one thread at a time; different stores may be used
 * by different threads.
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

/* Sets *out if the store has the blob. The blob is not read. */
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
 * Reads a document of at most OCI_DOCUMENT_MAX bytes, compared with its
 * descriptor's size and digest, into *out, and appends a NUL. The caller frees
 * *out.
 */
OCI_API int oci_store_read(char **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err);

/*
 * Starts a blob whose digest is not known yet. The caller writes its bytes to
 * *out, passes it to oci_store_add, and frees it, before the next blob is
 * started.
 */
OCI_API int oci_store_create(struct oci_sink **out, struct oci_store *store,
			     struct oci_error *err);
/* Adds what was written to `blob`; digest and size (bytes) are the caller's,
 * and are trusted. If the store has an equal blob already, that one stays. */
OCI_API int oci_store_add(struct oci_store *store, struct oci_sink *blob,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err);
/*
 * Adds a document of size bytes and fills in the digest and size of *out. The
 * caller has set the media type and whatever else *out is to have.
 */
OCI_API int oci_store_put(struct oci_descriptor *out, struct oci_store *store,
			  const void *data, size_t size,
			  struct oci_error *err);

/*
 * Gives an image a name, and takes the name from the image that had it. If name
 * is NULL, the image becomes one without a name. A name without host and path
 * is only a tag: it is the same name as every full name with that tag. Two full
 * names are the same if they are equal. Errors: OCI_E_NOMEM.
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
/* The images that have names, and those without one, in the store's order. The
 * annotations have the names. Borrowed until the next change of a name. */
OCI_API const struct oci_descriptors *
oci_store_names(const struct oci_store *store);
/*
 * Finds an image by a tag, by a reference (without a tag: "latest"), or by a
 * digest. If name is NULL, finds the store's only image. The caller releases
 * *out. OCI_E_NOT_FOUND lists the names in its message.
 */
OCI_API int oci_store_resolve(struct oci_descriptor *out,
			      const struct oci_store *store, const char *name,
			      struct oci_error *err);

/*
 * Lists the manifests of an image in the order of its indexes: `from` itself if
 * it is a manifest, otherwise the members of the index and of the indexes in
 * it. Attestations are left out. The manifests are not read: the store need not
 * have them all, and has_platform is false if the index tells no platform. The
 * caller releases *out. Errors: those of oci_store_read, OCI_E_LIMIT.
 */
OCI_API int oci_store_images(struct oci_descriptors *out,
			     struct oci_store *store,
			     const struct oci_descriptor *from,
			     struct oci_error *err);
/*
 * Finds the manifest for a platform among those of oci_store_images: the one
 * with an equal platform, otherwise the one with the highest variant that fits
 * (oci_platform_fits). If platform is NULL, finds the first. If an index tells
 * no platform of an image, its config is read. OCI_E_NOT_FOUND lists the
 * platforms in its message. The caller releases *out.
 */
OCI_API int oci_store_manifest(struct oci_descriptor *out,
			       struct oci_store *store,
			       const struct oci_descriptor *from,
			       const struct oci_platform *platform,
			       struct oci_error *err);

/*
 * Makes a store that writes to several stores at once; it cannot be read.
 * Blobs and names are added to each of them. oci_store_commit prepares all of
 * them, and then commits them in their order. The stores may also be named and
 * committed one by one. They are borrowed and outlive the tee.
 */
OCI_API int oci_store_tee(struct oci_store **out,
			  struct oci_store *const *stores, size_t count,
			  struct oci_error *err);

/*
 * Makes everything that was added and named visible to readers. If it fails,
 * readers see the store as it was before; blobs without a name may be left
 * over. Files are synced to disk before they are renamed. If a folder cannot be
 * synced after the renaming, the commit succeeds all the same.
 */
OCI_API int oci_store_commit(struct oci_store *store, struct oci_error *err);
/*
 * Does everything of a commit that may fail for lack of space or of a
 * connection and that readers do not see. Afterwards a registry has all blobs
 * and manifests but not the tags, an archive is complete under a temporary
 * name, and a layout is locked and has its new index.json beside the old one.
 * An archive for standard output is written to it. oci_store_commit then sets
 * the tags and renames the files.
 *
 * To commit several stores together, prepare each, then commit each. Nothing
 * may be added or named in between. Freeing the store undoes the preparation.
 */
OCI_API int oci_store_prepare(struct oci_store *store, struct oci_error *err);
/*
 * Makes commits cancellable: oci_store_commit returns OCI_E_CANCELLED and
 * changes nothing if *cancelled is not 0 when it is called, or while it waits
 * for the lock of another process. cancelled is borrowed until the store is
 * freed. Any thread or signal handler may set it.
 */
OCI_API void oci_store_watch(struct oci_store *store,
			     volatile const int *cancelled);
/* NULL-safe. */
OCI_API void oci_store_free(struct oci_store *store);

/* Called for one blob; size is in bytes. A result other than 0 ends the visit.
 */
typedef int oci_blob_fn(void *data, const struct oci_digest *digest,
			uint64_t size, struct oci_error *err);
/* Calls visit for each blob of the store, in the order of the digests. Returns
 * the first result of visit that is not 0. */
OCI_API int oci_store_blobs(struct oci_store *store, oci_blob_fn *visit,
			    void *data, struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
