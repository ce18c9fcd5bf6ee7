/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the cache: its files, and the store in front of it. */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include <stdbool.h>

#include <oci/cache.h>

#include "io/digest.h"

enum { OCI_CACHE_PATH = 4096 };	/* room for the path of a file */

/* cache_note.c: the folders of notes; NULL ends them. */
extern const char *const oci_cache_kinds[];

struct oci_cache {
	char *path;
	uint64_t max_bytes;
	bool grew;		/* in this run */
	bool has_key;		/* the key was read */
	unsigned char key[OCI_MAC_KEY];
};

/* cache_key.c: OCI_E_INVALID where another user may have written to it. */
int oci_cache_check_folders(const struct oci_cache *cache,
			    struct oci_error *err);
/* Reads the secret that records are signed with, once; make: makes it where
 * there is none. False where there is none that only this user knows. */
bool oci_cache_has_key(struct oci_cache *cache, bool make);
/* Removes it: there is no record left. */
void oci_cache_forget_key(struct oci_cache *cache);

/* Opens a blob that is there and right; *fd is -1 where there is none. One
 * that is wrong is removed. */
int oci_cache_get(int *fd, const struct oci_cache *cache,
		  const struct oci_digest *digest, uint64_t size,
		  struct oci_error *err);

/* The same without reading it: only its size is compared. */
int oci_cache_peek(int *fd, const struct oci_cache *cache,
		   const struct oci_digest *digest, uint64_t size,
		   struct oci_error *err);

/* Reads a document that is there and right; the caller frees it. */
int oci_cache_load(char **out, size_t *size, const struct oci_cache *cache,
		   const struct oci_digest *digest, struct oci_error *err);

/* A blob on its way in. */
struct oci_cache_entry {
	int fd;
	char *temp;
};

int oci_cache_begin(struct oci_cache_entry *out, const struct oci_cache *cache,
		    const struct oci_digest *digest, struct oci_error *err);
/* Gives it its name; *fd is open at its start then. */
int oci_cache_end(int *fd, struct oci_cache_entry *entry,
		  struct oci_cache *cache, const struct oci_digest *digest,
		  struct oci_error *err);
/* Removes what did not end. */
void oci_cache_drop(struct oci_cache_entry *entry);

/* cache_prune.c: when a handle goes that added something. */
void oci_cache_limit(struct oci_cache *cache);

#endif
