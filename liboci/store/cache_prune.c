/* SPDX-License-Identifier: Apache-2.0 */
/* The size of the cache, and its pruning. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include "io/litter.h"
#include "store/cache.h"

enum { STALE_SECONDS = 3600 };

struct file {
	char *path;
	uint64_t size;
	struct timespec used;
	bool record;
};

struct files {
	struct file *items;
	size_t count;
	size_t blobs; /* number of blobs, which come first; then
		       * records */
	size_t capacity;
};

static void release(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->items[i].path);
	free(files->items);
	*files = (struct files){0};
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec :
					a->tv_nsec < b->tv_nsec;
}

static int add(struct files *files, const char *path, const struct stat *st,
	       struct oci_error *err)
{
	struct file *items = oci_array_grow(files->items, &files->capacity,
					    files->count + 1, sizeof(*items));
	int rc;

	if (!items)
		return oci_fail_nomem(err);
	files->items = items;
	items[files->count] = (struct file){
		.size = (uint64_t)st->st_size,
		.used = is_before(&st->st_mtim, &st->st_atim) ? st->st_atim :
								st->st_mtim,
	};
	rc = oci_text_copy(&items[files->count].path, path, err);
	files->count += !rc;
	return rc;
}

void oci_cache_remove_litter(const struct oci_cache *cache)
{
	char path[OCI_CACHE_PATH];

	for (size_t i = 0; oci_cache_folders[i]; i++)
		if (snprintf(path, sizeof(path), "%s%s", cache->path,
			     oci_cache_folders[i]) < OCI_CACHE_PATH)
			oci_litter_remove(path, NULL);
}

/* A temporary file of a process that was killed, on a file system without
 * locks. Both times are of the file system's clock, because the clock of this
 * process may differ or may have jumped. */
static bool is_stale(const char *name, const struct stat *st,
		     const struct stat *folder)
{
	return name[0] == '.' &&
	       folder->st_mtime - st->st_mtime > STALE_SECONDS;
}

static int list_folder(struct files *files, const struct oci_cache *cache,
		       const char *name, struct oci_error *err)
{
	char folder[OCI_CACHE_PATH], path[OCI_CACHE_PATH + 300];
	const struct dirent *entry;
	struct stat st, whole;
	DIR *dir;
	int rc = 0;

	snprintf(folder, sizeof(folder), "%s/%s", cache->path, name);
	dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? 0 :
		       oci_fail_errno(err, "read folder '%s'", folder);
	if (fstat(dirfd(dir), &whole) != 0)
		rc = oci_fail_errno(err, "stat '%s'", folder);
	while (!rc && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		if (is_stale(entry->d_name, &st, &whole))
			unlink(path);
		else if (entry->d_name[0] != '.')
			rc = add(files, path, &st, err);
	}
	closedir(dir);
	return rc;
}

static int list(struct files *files, const struct oci_cache *cache,
		struct oci_error *err)
{
	int rc = list_folder(files, cache, "blobs/sha256", err);

	if (!rc)
		rc = list_folder(files, cache, "blobs/sha512", err);
	files->blobs = files->count;
	for (size_t i = 0; !rc && oci_cache_kinds[i]; i++)
		rc = list_folder(files, cache, oci_cache_kinds[i], err);
	if (rc)
		release(files);
	return rc;
}

int oci_cache_measure(struct oci_cache_info *out, const struct oci_cache *cache,
		      struct oci_error *err)
{
	struct files files = {0};
	int rc = list(&files, cache, err);

	*out = (struct oci_cache_info){ .blobs = files.blobs };
	for (size_t i = 0; i < files.count; i++)
		out->bytes += files.items[i].size;
	release(&files);
	return rc;
}

static int oldest_first(const void *a, const void *b)
{
	const struct timespec *left = &((const struct file *)a)->used;
	const struct timespec *right = &((const struct file *)b)->used;

	return is_before(right, left) - is_before(left, right);
}

int oci_cache_prune(struct oci_cache_info *removed, struct oci_cache *cache,
		    uint64_t keep_bytes, struct oci_error *err)
{
	struct oci_cache_info gone = {0};
	struct files files = {0};
	uint64_t bytes = 0;
	int rc = list(&files, cache, err);

	for (size_t i = 0; i < files.count; i++) {
		bytes += files.items[i].size;
		files.items[i].record = i >= files.blobs;
	}
	if (files.count)
		qsort(files.items, files.count, sizeof(*files.items),
		      oldest_first);
	for (size_t i = 0; !rc && i < files.count && bytes > keep_bytes; i++) {
		const struct file *file = &files.items[i];

		/* Another process may have been faster. */
		if (unlink(file->path) != 0 && errno != ENOENT)
			rc = oci_fail_errno(err, "remove '%s'", file->path);
		bytes -= file->size;
		gone.blobs += !rc && !file->record;
		gone.bytes += rc ? 0 : file->size;
	}
	release(&files);
	if (!rc && !bytes)
		oci_cache_forget_key(cache);
	if (removed)
		*removed = gone;
	return rc;
}

void oci_cache_limit(struct oci_cache *cache)
{
	struct oci_cache_info info;

	/* Leaves some room, so that the next runs need not prune. */
	if (!oci_cache_measure(&info, cache, NULL) &&
	    info.bytes > cache->max_bytes)
		oci_cache_prune(NULL, cache, cache->max_bytes / 4 * 3, NULL);
}
