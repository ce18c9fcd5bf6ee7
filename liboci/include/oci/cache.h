/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache of blobs in files DIR/blobs/ALG/HEX, and of records of packed layers.
 * A blob is written under a temporary name and then renamed. It is compared
 * with its digest each time it is used; a damaged blob is removed and fetched
 * again. Several processes may use one cache. A struct oci_cache is used by one
 * thread at a time.
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

/* The default limit in bytes: 8 GiB. */
#define OCI_CACHE_BYTES (UINT64_C(8) << 30)

/*
 * Opens the cache in the folder path. The folder is created with mode 0700 when
 * the first blob is added. If the cache has more than max_bytes, the blobs that
 * have not been used for the longest time are removed. Errors: OCI_E_INVALID if
 * the folder, or a folder in it, belongs to another user or is writable for
 * others: such a cache cannot be trusted.
 */
OCI_API int oci_cache_open(struct oci_cache **out, const char *path,
			   uint64_t max_bytes, struct oci_error *err);
/* NULL-safe. The stores that use the cache have to be freed before. */
OCI_API void oci_cache_free(struct oci_cache *cache);

/* Opens the store that has the blobs which the cache lacks. Called at most
 * once, for the first such blob. The store that oci_cache_store makes owns
 * *out. */
typedef int oci_cache_source_fn(void *data, struct oci_store **out,
				struct oci_error *err);

/* Makes a store for reading that takes blobs from the cache, and those that it
 * lacks from another store. It has no names. data is for open. */
OCI_API int oci_cache_store(struct oci_store **out, struct oci_cache *cache,
			    oci_cache_source_fn *open, void *data,
			    struct oci_error *err);
/* Finds a manifest or an index in the cache by its digest; sets the media type,
 * digest and size of *out. The caller releases *out. OCI_E_NOT_FOUND if the
 * cache lacks it. */
OCI_API int oci_cache_find(struct oci_descriptor *out, struct oci_cache *cache,
			   const struct oci_digest *digest,
			   struct oci_error *err);

/*
 * Records are small texts beside the blobs. There is one for each kind and key;
 * kind is one of these two.
 */
#define OCI_CACHE_LAYERS "layers"	/* packed layers and their inputs */
#define OCI_CACHE_CLEAN "clean"		/* images in which lint found nothing */

/* Writes a record of at most 4 MiB, in place of an earlier one. It is signed
 * with a secret of the cache (DIR/key). */
OCI_API int oci_cache_record_write(struct oci_cache *cache, const char *kind,
				   const struct oci_digest *key,
				   const void *text, size_t size,
				   struct oci_error *err);
/*
 * Reads a record. *out has *size bytes and a NUL; the caller frees it.
 * OCI_E_NOT_FOUND if there is none, or if its signature is wrong: it was
 * damaged, changed, moved, or written for another cache.
 */
OCI_API int oci_cache_record_read(char **out, size_t *size,
				  struct oci_cache *cache, const char *kind,
				  const struct oci_digest *key,
				  struct oci_error *err);

struct oci_cache_info {
	uint64_t blobs;		/* their number */
	uint64_t bytes;		/* of blobs and records */
};

OCI_API int oci_cache_measure(struct oci_cache_info *out,
			      const struct oci_cache *cache,
			      struct oci_error *err);
/* Removes blobs and records, the longest unused first, until the cache has at
 * most keep_bytes. *removed (may be NULL) tells what was removed. */
OCI_API int oci_cache_prune(struct oci_cache_info *removed,
			    struct oci_cache *cache, uint64_t keep_bytes,
			    struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
