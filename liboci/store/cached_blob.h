/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blob of a store that has a copy in the cache: one that an earlier run
 * wrote, or one that is written now. The cache is the store's own file under
 * another name if the system can link it, and a second file otherwise. A full
 * disk or a folder that cannot be written to only leaves the cache without the
 * copy.
 */
#ifndef STORE_CACHED_BLOB_H
#define STORE_CACHED_BLOB_H

#include <stdbool.h>

#include <oci/cache.h>
#include <oci/store.h>

/* Identifies the file of a blob at a moment when its bytes had been verified.
 * All zero: there is no such file. */
struct oci_file_mark {
	uint64_t device;
	uint64_t inode;
	uint64_t seconds; /* of its mtime */
	uint64_t nanoseconds;
};

/*
 * Makes store have a blob that an earlier run wrote. *out is whether store had
 * it, or the cache could supply it. *mark identifies the store's file after
 * that run: that file is trusted, and every other copy is digested before it is
 * used. If *out, *mark is updated to the file that store has now, unless it
 * has none.
 */
int oci_cached_blob_provide(bool *out, struct oci_file_mark *mark,
			    struct oci_store *store, struct oci_cache *cache,
			    const struct oci_digest *digest, uint64_t size,
			    struct oci_error *err);

/* Opens a new blob of store, of which cache (NULL: none) gets a copy. The
 * caller writes to *out and frees it; without oci_cached_blob_end neither store
 * nor cache has the blob. */
int oci_cached_blob_open(struct oci_sink **out, struct oci_store *store,
			 struct oci_cache *cache, struct oci_error *err);
/* Adds the blob to store and to cache. *mark is the file that store has. */
int oci_cached_blob_end(struct oci_file_mark *mark, struct oci_sink *blob,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err);

#endif
