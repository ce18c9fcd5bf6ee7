/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache of blobs: DIR/blobs/ALG/HEX. Blobs appear there whole, by rename,
 * and are digested again before they are used; one that is damaged is removed
 * and fetched anew. Processes may share a cache. A handle serves one thread at
 * a time.
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

/* The usual limit: 8 GiB. */
#define OCI_CACHE_BYTES (UINT64_C(8) << 30)

/*
 * Opens the cache in a folder, which is made with the first blob, for this user
 * alone (0700). Beyond max_bytes, the blobs that were not used for the longest
 * time go. OCI_E_INVALID: the folder, or one of those in it, belongs to another
 * user, or others may write to it; the cache cannot be trusted then.
 */
OCI_API int oci_cache_open(struct oci_cache **out, const char *path,
			   uint64_t max_bytes, struct oci_error *err);
/* NULL-safe; after the stores that use it. */
OCI_API void oci_cache_free(struct oci_cache *cache);

/* Opens the store that has what the cache lacks: called once, and only when
 * something is lacking. *out is freed with the store of oci_cache_store. */
typedef int oci_cache_source_fn(void *data, struct oci_store **out,
				struct oci_error *err);

/* A store to read from: the cache before another store. It has no names. */
OCI_API int oci_cache_store(struct oci_store **out, struct oci_cache *cache,
			    oci_cache_source_fn *open, void *data,
			    struct oci_error *err);
/* Describes a manifest or an index that is in the cache: its media type and
 * size. OCI_E_NOT_FOUND where it is not. The caller releases *out. */
OCI_API int oci_cache_find(struct oci_descriptor *out, struct oci_cache *cache,
			   const struct oci_digest *digest,
			   struct oci_error *err);

/*
 * Small texts, of at most 4 MiB, that are kept beside the blobs: one a key
 * and kind, which is one of those below. It is written whole; the last one
 * counts. A text is signed with a secret of the cache, DIR/key: one that was
 * damaged, changed, moved or made elsewhere is OCI_E_NOT_FOUND. The caller
 * frees *out, which has a NUL behind its *size bytes.
 */
#define OCI_CACHE_LAYERS "layers"	/* what layers were made of */
#define OCI_CACHE_CLEAN "clean"		/* images that checks passed */

OCI_API int oci_cache_record_write(struct oci_cache *cache, const char *kind,
				   const struct oci_digest *key,
				   const void *text, size_t size,
				   struct oci_error *err);
OCI_API int oci_cache_record_read(char **out, size_t *size,
				  struct oci_cache *cache, const char *kind,
				  const struct oci_digest *key,
				  struct oci_error *err);

struct oci_cache_info {
	uint64_t blobs;
	uint64_t bytes;
};

OCI_API int oci_cache_info(struct oci_cache_info *out,
			   const struct oci_cache *cache,
			   struct oci_error *err);
/* Removes blobs and notes, those unused for the longest time first, until no
 * more than keep_bytes are left. *removed (may be NULL) counts them. */
OCI_API int oci_cache_prune(struct oci_cache_info *removed,
			    struct oci_cache *cache, uint64_t keep_bytes,
			    struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
