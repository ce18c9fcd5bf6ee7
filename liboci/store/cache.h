/* SPDX-License-Identifier: Apache-2.0 */
/* Internals of the cache: its files, and the store that uses it. */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include <stdbool.h>

#include <oci/cache.h>

#include "io/digest.h"
#include "io/temp.h"

enum { OCI_CACHE_PATH = 4096 };	/* room for the path of a file */

/* cache_records.c: the folders of records; NULL-terminated. */
extern const char *const oci_cache_kinds[];
/* The rest of the path of each folder, after that of the cache;
 * NULL-terminated. */
extern const char *const oci_cache_folders[];

struct oci_cache {
	char *path;
	uint64_t max_bytes;
	bool grew;		/* this run added files */
	bool has_key;		/* the key was read */
	unsigned char key[OCI_MAC_KEY];
	struct oci_error failure; /* for oci_cache_failure */
};

/* cache_key.c: OCI_E_INVALID if another user may have written to the cache. */
int oci_cache_check_folders(const struct oci_cache *cache,
			    struct oci_error *err);
/* Reads the secret that signs records, at the first call. If there is none and
 * make is set, creates it. Returns false if there is no secret that only this
 * user can read. */
bool oci_cache_has_key(struct oci_cache *cache, bool make);
/* Removes the secret; called when no record is left. */
void oci_cache_forget_key(struct oci_cache *cache);

/* Opens a blob after checking its digest. *fd is -1 if the cache has no such
 * blob. A wrong one is removed. */
int oci_cache_get(int *fd, const struct oci_cache *cache,
		  const struct oci_digest *digest, uint64_t size,
		  struct oci_error *err);

/* The same, except that only the size is compared. */
int oci_cache_peek(int *fd, const struct oci_cache *cache,
		   const struct oci_digest *digest, uint64_t size,
		   struct oci_error *err);

/* Reads a document and checks its digest; the caller frees *out. */
int oci_cache_load(char **out, size_t *size, const struct oci_cache *cache,
		   const struct oci_digest *digest, struct oci_error *err);

/* Opens a file for a blob that is being added. */
int oci_cache_begin(struct oci_temp *out, const struct oci_cache *cache,
		    const struct oci_digest *digest, struct oci_error *err);
/* Gives the blob its name; *fd is then open at its start. */
int oci_cache_end(int *fd, struct oci_temp *entry, struct oci_cache *cache,
		  const struct oci_digest *digest, struct oci_error *err);
/* Adds the file at path as a blob, without copying it. Returns false if it
 * cannot be linked into the cache. flags: see linkat(2). */
bool oci_cache_link(struct oci_cache *cache, const char *path, int flags,
		    const struct oci_digest *digest);

/* cache_prune.c: removes what killed processes left. */
void oci_cache_remove_litter(const struct oci_cache *cache);
/* Prunes a cache that is too large; called when a handle that
 * added files is closed. */
void oci_cache_limit(struct oci_cache *cache);

#endif
