/* SPDX-License-Identifier: Apache-2.0 */
/* A store that reads blobs from the cache, and otherwise from another store,
 * which is opened when it is needed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "document/kind.h"
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

static bool is_full_or_broken(int number)
{
	return number == ENOSPC || number == EDQUOT || number == EFBIG ||
	       number == EIO;
}

/* Copies a blob from the source to the cache. *blamed: the cache's failure, and
 * not the source's; memory that ran out is no failure of the cache. */
static int fetch(int *fd, bool *blamed, struct cached *self,
		 const struct oci_descriptor *d, struct oci_error *err)
{
	struct oci_temp entry;
	struct oci_sink *sink = NULL;
	int rc = oci_cache_begin(&entry, self->cache, &d->digest, err);

	*blamed = rc && rc != OCI_E_NOMEM;
	if (!rc)
		rc = oci_sink_open_fd(&sink, entry.fd, err);
	if (sink) {
		rc = oci_store_fetch(self->from, d, sink, err);
		*blamed = rc && is_full_or_broken(err->system);
	}
	if (!rc) {
		rc = oci_cache_end(fd, &entry, self->cache, &d->digest, err);
		*blamed = rc != 0;
	}
	oci_sink_free(sink);
	oci_temp_release(&entry);
	return rc;
}

/* A cache that is full, or that this user may not write to, is done without:
 * the first failure is kept for oci_cache_failure. */
static int cached_open(struct oci_source **out, struct oci_store *store,
		       const struct oci_descriptor *d, struct oci_error *err)
{
	struct cached *self = (struct cached *)store;
	struct oci_error why;
	bool blamed = false;
	int fd;
	int rc = oci_cache_get(&fd, self->cache, &d->digest, d->size, &why);

	if (!rc && fd < 0)
		rc = open_source(self, &why);
	if (!rc && fd < 0)
		rc = fetch(&fd, &blamed, self, d, &why);
	if (blamed) {
		if (!self->cache->failure.status)
			self->cache->failure = why;
		return oci_store_open(out, self->from, d, err);
	}
	if (rc && err)
		*err = why;
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

int oci_cache_find(struct oci_descriptor *out, struct oci_cache *cache,
		   const struct oci_digest *digest, struct oci_error *err)
{
	const char *type;
	char *text = NULL;
	size_t size = 0;
	int rc = oci_cache_load(&text, &size, cache, digest, err);

	*out = (struct oci_descriptor){ .digest = *digest, .size = size };
	if (!rc)
		rc = oci_document_kind(&type, text, size, err);
	if (!rc)
		rc = oci_text_copy(&out->media_type, type, err);
	free(text);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
