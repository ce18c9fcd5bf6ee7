/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache of blobs in files DIR/blobs/ALG/HEX, and of records of packed layers.
 * A blob gets its name when it is complete. It is not synced: a blob is
 * compared with its digest each time it is read from the cache, and a damaged
 * blob is removed, and counts as absent. Several processes may use one cache. A
 * struct oci_cache is used by one thread at a time.
 */
#ifndef OCI_CACHE_H
#define OCI_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_cache;

/* A limit for oci_cache_open that suits most programs, in bytes: 8 GiB. */
#define OCI_CACHE_BYTES (UINT64_C(8) << 30)

/*
 * Opens the cache in the folder path. The folder is created with mode 0700 when
 * the first blob or record is added. If something was added and the cache then
 * has more than max_bytes, oci_cache_free removes the blobs and records that
 * have not been used for the longest time. Errors: OCI_E_INVALID if the folder,
 * or a folder in it, belongs to another user or is writable for others: such a
 * cache cannot be trusted.
 */
OCI_API int oci_cache_open(struct oci_cache **out, const char *path,
			   uint64_t max_bytes, struct oci_error *err);
/* NULL-safe. The caller has freed the stores that use the cache. */
OCI_API void oci_cache_free(struct oci_cache *cache);

/* Opens the source: the store that has the blobs which the cache lacks. Not
 * called again after a success. The store that oci_cache_store makes owns
 * *out. */
typedef int oci_cache_source_fn(void *data, struct oci_store **out,
				struct oci_error *err);

/*
 * Makes a store for reading that takes blobs from the cache. A blob that the
 * cache lacks is copied from the source to the cache first; if the cache cannot
 * be written, the blob is read from the source alone. The function open
 * is called when the first such blob is read, and by oci_store_has and
 * oci_store_blobs, which ask the source alone. If open fails, the next need of
 * the source calls it again. The store has no names. data is for open.
 */
OCI_API int oci_cache_store(struct oci_store **out, struct oci_cache *cache,
			    oci_cache_source_fn *open, void *data,
			    struct oci_error *err);
/* Returns why the first blob of a source was not kept in the cache, such as a
 * full disk; NULL if all were kept. Borrowed from the cache. */
OCI_API const struct oci_error *
oci_cache_failure(const struct oci_cache *cache);
/* Finds a manifest or an index in the cache by its digest. Sets the media type,
 * digest and size of *out, which the caller releases. Errors: OCI_E_NOT_FOUND
 * if the cache lacks the document. */
OCI_API int oci_cache_find(struct oci_descriptor *out, struct oci_cache *cache,
			   const struct oci_digest *digest,
			   struct oci_error *err);

/* Records are small texts beside the blobs. Each pair of a kind and a key has
 * at most one record; kind is one of these two. */
#define OCI_CACHE_LAYERS "layers"	/* packed layers and their inputs */
#define OCI_CACHE_CLEAN "clean"		/* images in which lint found nothing */

/* Writes a record, in place of an earlier one of the same kind and key. The
 * record is signed with a secret of the cache (DIR/key). A record that has more
 * than 4 MiB with its signature (65 bytes) cannot be read. */
OCI_API int oci_cache_record_write(struct oci_cache *cache, const char *kind,
				   const struct oci_digest *key,
				   const void *text, size_t size,
				   struct oci_error *err);
/*
 * Reads a record. *out has *size bytes and a NUL; the caller frees *out.
 * Errors: OCI_E_NOT_FOUND if there is no record, or if its signature is wrong:
 * the record was damaged, changed, moved, or written for another cache.
 */
OCI_API int oci_cache_record_read(char **out, size_t *size,
				  struct oci_cache *cache, const char *kind,
				  const struct oci_digest *key,
				  struct oci_error *err);

struct oci_cache_info {
	uint64_t blobs;		/* number of blobs */
	uint64_t bytes;		/* of blobs and records */
};

/* Counts what the cache has. */
OCI_API int oci_cache_measure(struct oci_cache_info *out,
			      const struct oci_cache *cache,
			      struct oci_error *err);
/* Removes blobs and records, the longest unused first, until the cache has at
 * most keep_bytes. *removed (removed may be NULL) counts what was removed. */
OCI_API int oci_cache_prune(struct oci_cache_info *removed,
			    struct oci_cache *cache, uint64_t keep_bytes,
			    struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
