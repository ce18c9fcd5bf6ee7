/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failures of the store's blob are returned; failures of the cache's copy are
 * ignored.
 */
#include "store/cached_blob.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "store/cache.h"
#include "store/store.h"

/* All zero if the store has no file of the blob, or one with another size. */
static void read_mark(struct oci_file_mark *out, struct oci_store *store,
		      const struct oci_digest *digest, uint64_t size)
{
	struct stat st;
	char *path;

	*out = (struct oci_file_mark){ 0 };
	if (!store->ops->file || store->ops->file(&path, store, digest, NULL))
		return;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == size)
		*out = (struct oci_file_mark){
			(uint64_t)st.st_dev,
			(uint64_t)st.st_ino,
			(uint64_t)st.st_mtim.tv_sec,
			(uint64_t)st.st_mtim.tv_nsec,
		};
	free(path);
}

int oci_cached_blob_provide(bool *out, struct oci_file_mark *mark,
			    struct oci_store *store, struct oci_cache *cache,
			    const struct oci_digest *digest, uint64_t size,
			    struct oci_error *err)
{
	struct oci_file_mark now;
	int fd = -1, rc = 0;

	read_mark(&now, store, digest, size);
	*out = now.inode && memcmp(&now, mark, sizeof(now)) == 0;
	if (!*out)
		rc = oci_store_has(out, store, digest, err);
	if (!rc && *out)
		rc = oci_store_add_present(store, digest, size, err);
	else if (!rc)
		rc = oci_cache_get(&fd, cache, digest, size, err);
	if (!rc && fd >= 0) {
		*out = true;
		rc = oci_store_add_file(store, fd, digest, size, err);
	}
	if (rc || !*out)
		return rc;
	read_mark(&now, store, digest, size);
	if (now.inode)
		*mark = now;
	return 0;
}

struct cached_blob {
	struct oci_sink base;
	struct oci_store *store;      /* borrowed */
	struct oci_cache *cache;      /* borrowed; or NULL */
	struct oci_sink *blob;	      /* owned; of the store */
	struct oci_temp entry;	      /* a file of the cache; fd -1: none */
};

static int cached_write(struct oci_sink *sink, const void *data, size_t size,
			struct oci_error *err)
{
	struct cached_blob *self = (struct cached_blob *)sink;
	int rc = oci_sink_write(self->blob, data, size, err);

	if (!rc && self->entry.fd >= 0 &&
	    oci_file_write(self->entry.fd, data, size, NULL))
		oci_temp_release(&self->entry);
	return rc;
}

static void cached_free(struct oci_sink *sink)
{
	struct cached_blob *self = (struct cached_blob *)sink;

	oci_temp_release(&self->entry);
	oci_sink_free(self->blob);
	free(self);
}

/* Opens a file of the cache for a copy of the blob. Stores whose blobs are
 * files need none: the cache links these. */
static void open_entry(struct cached_blob *self)
{
	const struct oci_store_ops *ops = self->store->ops;
	struct oci_digest any;

	if (!self->cache || ops->file || ops->dup_fd)
		return;
	/* The digest is not known yet. That of no bytes stands for it: only
	 * its algorithm is used, for the folder. */
	if (oci_digest_data(&any, "", 0, NULL) ||
	    oci_cache_begin(&self->entry, self->cache, &any, NULL))
		oci_temp_release(&self->entry);
}

int oci_cached_blob_open(struct oci_sink **out, struct oci_store *store,
			 struct oci_cache *cache, struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = cached_write,
		.free = cached_free,
	};
	struct cached_blob *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->store = store;
	self->cache = cache;
	self->entry = (struct oci_temp)OCI_TEMP_INIT;
	rc = oci_store_create(&self->blob, store, err);
	if (rc) {
		free(self);
		return rc;
	}
	open_entry(self);
	*out = &self->base;
	return 0;
}

/* Gives a complete entry its name in the cache. */
static void end_entry(struct oci_temp *entry, struct oci_cache *cache,
		      const struct oci_digest *digest)
{
	int fd = -1;

	oci_cache_end(&fd, entry, cache, digest, NULL);
	if (fd >= 0)
		close(fd);
	oci_temp_release(entry);
}

static bool copy_file(struct oci_temp *entry, const char *path)
{
	struct oci_source *source;
	struct oci_sink *sink = NULL;
	int rc = oci_source_open_file(&source, path, NULL);

	if (!rc)
		rc = oci_sink_open_fd(&sink, entry->fd, NULL);
	if (!rc)
		rc = oci_source_copy(NULL, source, sink, NULL);
	oci_sink_free(sink);
	oci_source_free(source);
	return !rc;
}

/* Adds the file at path to the cache. Its digest is checked at each use, as for
 * every file of the cache. */
static void add_path(struct oci_cache *cache, const char *path, int flags,
		     const struct oci_digest *digest)
{
	struct oci_temp entry = OCI_TEMP_INIT;

	/* The file may be on another file system. */
	if (!oci_cache_link(cache, path, flags, digest) &&
	    !oci_cache_begin(&entry, cache, digest, NULL) &&
	    copy_file(&entry, path))
		end_entry(&entry, cache, digest);
	oci_temp_release(&entry);
}

/* lent: the file that the store wrote to, or -1. An unlinked file is linked
 * through its entry in /proc: open(2), O_TMPFILE. */
static void add_to_cache(struct cached_blob *self, int lent,
			 const struct oci_digest *digest)
{
	char by_number[32], *path;

	if (self->entry.fd >= 0) {
		end_entry(&self->entry, self->cache, digest);
	} else if (lent >= 0) {
		snprintf(by_number, sizeof(by_number), "/proc/self/fd/%d",
			 lent);
		add_path(self->cache, by_number, AT_SYMLINK_FOLLOW, digest);
	} else if (self->store->ops->file &&
		   !self->store->ops->file(&path, self->store, digest, NULL)) {
		add_path(self->cache, path, 0, digest);
		free(path);
	}
}

int oci_cached_blob_end(struct oci_file_mark *mark, struct oci_sink *blob,
			const struct oci_digest *digest, uint64_t size,
			struct oci_error *err)
{
	struct cached_blob *self = (struct cached_blob *)blob;
	struct oci_store *store = self->store;
	int lent = -1, rc;

	if (self->cache && store->ops->dup_fd)
		store->ops->dup_fd(&lent, store, self->blob, NULL);
	rc = oci_store_add(store, self->blob, digest, size, err);
	if (!rc && self->cache)
		add_to_cache(self, lent, digest);
	if (!rc)
		read_mark(mark, store, digest, size);
	if (lent >= 0)
		close(lent);
	return rc;
}
