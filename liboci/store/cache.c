/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the cache. */
#include "store/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "io/atomic.h"
#include "io/digest.h"
#include "io/file.h"

int oci_cache_open(struct oci_cache **out, const char *path,
		   uint64_t max_bytes, struct oci_error *err)
{
	struct oci_cache *cache = calloc(1, sizeof(*cache));
	int rc;

	*out = NULL;
	if (!cache)
		return oci_fail_nomem(err);
	cache->max_bytes = max_bytes;
	rc = oci_text_copy(&cache->path, path, err);
	if (!rc)
		rc = oci_cache_check_folders(cache, err);
	if (rc) {
		oci_cache_free(cache);
		return rc;
	}
	oci_cache_remove_litter(cache);
	*out = cache;
	return 0;
}

void oci_cache_free(struct oci_cache *cache)
{
	if (!cache)
		return;
	if (cache->grew)
		oci_cache_limit(cache);
	free(cache->path);
	memset(cache->key, 0, sizeof(cache->key));
	free(cache);
}

const struct oci_error *oci_cache_failure(const struct oci_cache *cache)
{
	return cache->failure.status ? &cache->failure : NULL;
}

/* Makes DIR/blobs/ALG/HEX. */
static int blob_path(char out[OCI_CACHE_PATH], const struct oci_cache *cache,
		     const struct oci_digest *digest, struct oci_error *err)
{
	int size = (int)strcspn(digest->text, ":");
	int n = snprintf(out, OCI_CACHE_PATH, "%s/blobs/%.*s/%s", cache->path,
			 size, digest->text, digest->text + size + 1);

	return n > 0 && n < OCI_CACHE_PATH ? 0 :
	       oci_fail(err, OCI_E_LIMIT, "cache '%.200s...' is too long",
			cache->path);
}

int oci_cache_peek(int *fd, const struct oci_cache *cache,
		   const struct oci_digest *digest, uint64_t size,
		   struct oci_error *err)
{
	char path[OCI_CACHE_PATH];
	struct stat st;
	int rc = blob_path(path, cache, digest, err);

	*fd = -1;
	if (rc)
		return rc;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (*fd < 0)
		return 0; /* the blob is fetched again, whatever the error
			   * is */
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == size)
		return 0;
	close(*fd);
	*fd = -1;
	unlink(path);
	return 0;
}

int oci_cache_get(int *fd, const struct oci_cache *cache,
		  const struct oci_digest *digest, uint64_t size,
		  struct oci_error *err)
{
	char path[OCI_CACHE_PATH];
	int rc = blob_path(path, cache, digest, err);

	if (!rc)
		rc = oci_cache_peek(fd, cache, digest, size, err);
	if (rc || *fd < 0)
		return rc;
	/* A blob that cannot be read is removed too. */
	if (oci_fd_has_digest(*fd, size, digest)) {
		const struct timespec used[] = {
			{ .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_OMIT },
		};

		/* The access time says that it was used, for oci_cache_prune.
		 * The mtime stays, because a layout may have the same file and
		 * know it by its mtime. */
		futimens(*fd, used);
		return 0;
	}
	close(*fd);
	*fd = -1;
	unlink(path);
	return 0;
}

int oci_cache_load(char **out, size_t *size, const struct oci_cache *cache,
		   const struct oci_digest *digest, struct oci_error *err)
{
	char path[OCI_CACHE_PATH];
	struct oci_digest found;
	int rc = blob_path(path, cache, digest, err);

	*out = NULL;
	if (!rc)
		rc = oci_file_load(out, size, path, OCI_DOCUMENT_MAX, err);
	if (!rc)
		rc = oci_digest_like(&found, digest, *out, *size, err);
	if (!rc && !oci_digest_equal(&found, digest)) {
		unlink(path);
		rc = oci_fail(err, OCI_E_NOT_FOUND, "the cache's %s was "
			      "damaged, and was removed", digest->text);
	}
	if (rc) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

int oci_cache_begin(struct oci_temp *out, const struct oci_cache *cache,
		    const struct oci_digest *digest, struct oci_error *err)
{
	char path[OCI_CACHE_PATH], *folder = NULL;
	int rc = blob_path(path, cache, digest, err);

	*out = (struct oci_temp)OCI_TEMP_INIT;
	if (!rc)
		rc = oci_file_make_folders(path, 0700, err);
	if (!rc)
		rc = oci_path_folder(&folder, path, err);
	if (!rc)
		rc = oci_temp_open(out, folder, "blob", 0644, err);
	free(folder);
	return rc ? oci_wrap(err, rc, "cache '%s'", cache->path) : 0;
}

int oci_cache_end(int *fd, struct oci_temp *entry, struct oci_cache *cache,
		  const struct oci_digest *digest, struct oci_error *err)
{
	char path[OCI_CACHE_PATH];
	int rc = blob_path(path, cache, digest, err);

	*fd = -1;
	if (!rc)
		rc = oci_temp_place(entry, path, err);
	if (!rc && lseek(entry->fd, 0, SEEK_SET) != 0)
		rc = oci_fail_errno(err, "seek '%s'", path);
	if (rc)
		return rc;
	cache->grew = true;
	*fd = entry->fd;
	entry->fd = -1;
	return 0;
}

/* Does not link a file that other users may write to. */
static bool is_private(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

bool oci_cache_link(struct oci_cache *cache, const char *path, int flags,
		    const struct oci_digest *digest)
{
	char to[OCI_CACHE_PATH];

	if (!is_private(path) || blob_path(to, cache, digest, NULL) ||
	    oci_file_make_folders(to, 0700, NULL))
		return false;
	/* A file that is there may be damaged. */
	if (linkat(AT_FDCWD, path, AT_FDCWD, to, flags) != 0 &&
	    (errno != EEXIST || unlink(to) != 0 ||
	     linkat(AT_FDCWD, path, AT_FDCWD, to, flags) != 0))
		return false;
	cache->grew = true;
	return true;
}
