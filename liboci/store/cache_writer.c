/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache as a store to write to, beside the one that counts: a disk that
 * is full, or a folder that cannot be written, only leaves it without the
 * blob.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/file.h"
#include "store/cache.h"
#include "store/store.h"

struct cache_writer {
	struct oci_store base;
	struct oci_cache *cache; /* borrowed */
};

struct cache_writer_sink {
	struct oci_sink base;
	struct oci_cache_entry entry; /* fd -1: given up */
};

static int keeper_write(struct oci_sink *sink, const void *data, size_t size,
			struct oci_error *err)
{
	struct cache_writer_sink *self = (struct cache_writer_sink *)sink;

	(void)err;
	if (self->entry.fd >= 0 &&
	    oci_file_write(self->entry.fd, data, size, NULL))
		oci_cache_drop(&self->entry);
	return 0;
}

static void keeper_sink_free(struct oci_sink *sink)
{
	struct cache_writer_sink *self = (struct cache_writer_sink *)sink;

	oci_cache_drop(&self->entry);
	free(self);
}

static int keeper_create(struct oci_sink **out, struct oci_store *store,
			 struct oci_error *err)
{
	static const struct oci_sink_ops ops = {
		.write = keeper_write,
		.free = keeper_sink_free,
	};
	struct cache_writer *cache_writer = (struct cache_writer *)store;
	struct cache_writer_sink *self = calloc(1, sizeof(*self));
	struct oci_digest any;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	/* Its folder is all that counts before there is a digest. */
	if (oci_digest_data(&any, "", 0, NULL) ||
	    oci_cache_begin(&self->entry, cache_writer->cache, &any, NULL))
		oci_cache_drop(&self->entry);
	*out = &self->base;
	return 0;
}

static int keeper_add(struct oci_store *store, struct oci_sink *blob,
		      const struct oci_digest *digest, uint64_t size,
		      struct oci_error *err)
{
	struct cache_writer *cache_writer = (struct cache_writer *)store;
	struct cache_writer_sink *self = (struct cache_writer_sink *)blob;
	int fd = -1;

	(void)size;
	(void)err;
	if (self->entry.fd >= 0)
		oci_cache_end(&fd, &self->entry, cache_writer->cache, digest,
			      NULL);
	if (fd >= 0)
		close(fd);
	return 0;
}

static void keeper_free(struct oci_store *store)
{
	free(store);
}

int oci_cache_writer(struct oci_store **out, struct oci_cache *cache,
		     struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.create = keeper_create,
		.add = keeper_add,
		.free = keeper_free,
	};
	struct cache_writer *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->cache = cache;
	*out = &self->base;
	return 0;
}

/* Copies path into an entry; false where it is given up. */
static bool copy_file(struct oci_cache_entry *entry, const char *path)
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

/* Links path into the cache. Not a file that other users may write to: they
 * could change what every later run takes from the cache. */
static bool link_file(const char *path, const char *to, int flags)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
	       linkat(AT_FDCWD, path, AT_FDCWD, to, flags) == 0;
}

/* A file that is shared is checked whenever it is used, as all of them are. */
static void adopt(struct oci_cache *cache, const char *path, int flags,
		  const struct oci_digest *digest)
{
	struct oci_cache_entry entry;
	int fd = -1;
	bool there = oci_cache_begin(&entry, cache, digest, NULL) == 0;

	if (there &&
	    (unlink(entry.temp) != 0 || !link_file(path, entry.temp, flags))) {
		/* It may be on another file system. The name of the entry is
		 * gone: take another one. */
		oci_cache_drop(&entry);
		there = oci_cache_begin(&entry, cache, digest, NULL) == 0 &&
			copy_file(&entry, path);
	}
	if (there)
		oci_cache_end(&fd, &entry, cache, digest, NULL);
	if (fd >= 0)
		close(fd);
	oci_cache_drop(&entry);
}

void oci_cache_link_file(struct oci_cache *cache, const char *path,
			 const struct oci_digest *digest)
{
	adopt(cache, path, 0, digest);
}

/* By a link of the system that leads to the file itself: open(2), O_TMPFILE. */
void oci_cache_link_fd(struct oci_cache *cache, int fd,
		       const struct oci_digest *digest)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	adopt(cache, path, AT_SYMLINK_FOLLOW, digest);
}
