/* SPDX-License-Identifier: Apache-2.0 */
/* A store that reads blobs from the cache, and otherwise from another store,
 * which is opened when it is needed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "store/cache.h"
#include "store/store.h"

struct cached {
	struct oci_store base;
	struct oci_cache *cache;	/* borrowed */
	oci_cache_source_fn *open;
	void *data;
	struct oci_store *from;		/* NULL until it is needed */
};

static int open_source(struct cached *self, struct oci_error *err)
{
	return self->from ? 0 : self->open(self->data, &self->from, err);
}

static int cached_has(bool *out, struct oci_store *store,
		      const struct oci_digest *digest, struct oci_error *err)
{
	struct cached *self = (struct cached *)store;
	int rc = open_source(self, err);

	return rc ? rc : oci_store_has(out, self->from, digest, err);
}

/* Errors of a full disk do not name the cache. */
static int name_cache(const struct cached *self, int rc, struct oci_error *err)
{
	if (!err || (err->system != ENOSPC && err->system != EDQUOT &&
		     err->system != EROFS && err->system != EACCES &&
		     err->system != EISDIR))
		return rc;
	rc = oci_wrap(err, rc, "cache '%s'", self->cache->path);
	return oci_advise(err, rc, "choose another with --cache-dir, or "
			  "--no-cache");
}

static int fetch(int *fd, struct cached *self, const struct oci_descriptor *d,
		 struct oci_error *err)
{
	struct oci_cache_entry entry;
	struct oci_sink *sink = NULL;
	int rc = open_source(self, err);

	*fd = -1;
	if (rc)
		return rc;
	rc = oci_cache_begin(&entry, self->cache, &d->digest, err);
	if (!rc)
		rc = oci_sink_open_fd(&sink, entry.fd, err);
	if (!rc)
		rc = oci_store_fetch(self->from, d, sink, err);
	if (!rc)
		rc = oci_cache_end(fd, &entry, self->cache, &d->digest, err);
	oci_sink_free(sink);
	oci_cache_drop(&entry);
	return rc ? name_cache(self, rc, err) : 0;
}

static int cached_open(struct oci_source **out, struct oci_store *store,
		       const struct oci_descriptor *d, struct oci_error *err)
{
	struct cached *self = (struct cached *)store;
	int fd;
	int rc = oci_cache_get(&fd, self->cache, &d->digest, d->size, err);

	if (!rc && fd < 0)
		rc = fetch(&fd, self, d, err);
	return rc ? rc : oci_source_own_fd(out, fd, err);
}

static int cached_blobs(struct oci_store *store, oci_blob_fn *visit,
			void *data, struct oci_error *err)
{
	struct cached *self = (struct cached *)store;
	int rc = open_source(self, err);

	return rc ? rc : oci_store_blobs(self->from, visit, data, err);
}

static void cached_free(struct oci_store *store)
{
	struct cached *self = (struct cached *)store;

	oci_store_free(self->from);
	free(self);
}

int oci_cache_store(struct oci_store **out, struct oci_cache *cache,
		    oci_cache_source_fn *open, void *data,
		    struct oci_error *err)
{
	static const struct oci_store_ops ops = {
		.has = cached_has,
		.open = cached_open,
		.blobs = cached_blobs,
		.free = cached_free,
	};
	struct cached *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->cache = cache;
	self->open = open;
	self->data = data;
	*out = &self->base;
	return 0;
}

/* Finds the media type of an index or manifest, which may not state it. */
static int describe(struct oci_descriptor *out, const char *text,
		    struct oci_error *err)
{
	struct oci_manifest manifest;
	struct oci_index index;
	const char *type = NULL;
	int rc;

	if (oci_index_parse(&index, text, (size_t)out->size, NULL, NULL) ==
	    0) {
		type = index.media_type ? index.media_type : OCI_MEDIA_INDEX;
		rc = oci_text_copy(&out->media_type, type, err);
		oci_index_release(&index);
		return rc;
	}
	rc = oci_manifest_parse(&manifest, text, (size_t)out->size, NULL, err);
	if (rc)
		return rc;
	type = manifest.media_type ? manifest.media_type : OCI_MEDIA_MANIFEST;
	rc = oci_text_copy(&out->media_type, type, err);
	oci_manifest_release(&manifest);
	return rc;
}

int oci_cache_find(struct oci_descriptor *out, struct oci_cache *cache,
		   const struct oci_digest *digest, struct oci_error *err)
{
	char *text = NULL;
	size_t size = 0;
	int rc = oci_cache_load(&text, &size, cache, digest, err);

	*out = (struct oci_descriptor){ .digest = *digest, .size = size };
	if (!rc)
		rc = describe(out, text, err);
	free(text);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
