/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A repository as a store. The threads of a pool upload blobs while others are
 * still being made. When all blobs are uploaded, manifests are put, children
 * first, and then the tags.
 */
#include "registry/repository.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "document/artifact.h"
#include "io/file.h"
#include "io/temp.h"
#include "registry/fetch.h"
#include "registry/referrers.h"
#include "registry/retry.h"

static int repository_has(bool *out, struct oci_store *store,
			  const struct oci_digest *digest,
			  struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;

	if (oci_manifests_find(&self->manifests, digest)) {
		*out = true;
		return 0;
	}
	return oci_upload_exists(out, &self->client, "pull,push", digest,
				 err);
}

/* Documents are small and kept in memory; a blob is downloaded to a file. */
static int repository_open(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	const struct oci_registry *registry = self->client.registry;
	struct oci_sink *sink = NULL;
	int fd, rc;

	if (oci_media_is_document(descriptor->media_type))
		return oci_manifests_open(out, &self->manifests,
					  &self->client, &descriptor->digest,
					  err);
	rc = oci_file_temporary(&fd, registry->temp_dir, err);
	if (rc)
		return rc;
	rc = oci_sink_open_fd(&sink, fd, err);
	if (!rc)
		rc = oci_fetch_blob(&self->client, descriptor, sink, err);
	oci_sink_free(sink);
	if (rc) {
		close(fd);
		return rc;
	}
	return oci_source_own_fd(out, fd, err);
}

static int repository_fetch(struct oci_store *store,
			    const struct oci_descriptor *descriptor,
			    struct oci_sink *sink, struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;

	return oci_fetch_blob(&self->client, descriptor, sink, err);
}

static int repository_create(struct oci_sink **out, struct oci_store *store,
			     const struct oci_digest *digest,
			     struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;

	return oci_uploads_open(out, &self->uploads, !digest, err);
}

static int repository_dup_fd(int *fd, struct oci_store *store,
			     struct oci_sink *sink, struct oci_error *err)
{
	(void)store;
	return oci_blob_upload_dup_fd(fd, sink, err);
}

static int repository_add(struct oci_store *store, struct oci_sink *sink,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err)
{
	const struct oci_repository *self = (struct oci_repository *)store;

	return oci_uploads_has(&self->uploads, digest)
		       ? 0
		       : oci_blob_upload_end(sink, digest, size, err);
}

static int repository_add_file(struct oci_store *store, int fd,
			       const struct oci_digest *digest, uint64_t size,
			       struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	struct oci_source *source;
	int rc;

	if (oci_uploads_has(&self->uploads, digest)) {
		close(fd);
		return 0;
	}
	rc = oci_source_own_fd(&source, fd, err);
	return rc ? rc
		  : oci_uploads_add(&self->uploads, digest, size, source, NULL,
				    err);
}

static int repository_put(struct oci_store *store,
			  const struct oci_descriptor *descriptor,
			  const void *data, struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;

	return oci_manifests_add(&self->manifests, descriptor, data, err);
}

static bool repository_same(const struct oci_store *a,
			    const struct oci_store *b)
{
	const struct oci_repository *one = (const struct oci_repository *)a;
	const struct oci_repository *two = (const struct oci_repository *)b;

	return strcmp(one->client.base, two->client.base) == 0 &&
	       strcmp(one->client.repository, two->client.repository) == 0;
}

/* Returns `from` as another repository of the same registry, or NULL. */
static const char *origin(const struct oci_repository *self,
			  const struct oci_store *from)
{
	const struct oci_repository *other =
		(const struct oci_repository *)from;

	if (from->ops != self->base.ops || oci_store_same(&self->base, from) ||
	    strcmp(other->client.base, self->client.base) != 0)
		return NULL;
	return other->client.repository;
}

static int repository_import(struct oci_store *store,
			     const struct oci_descriptor *descriptor,
			     struct oci_store *from, struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	struct oci_source *source;
	int rc;

	if (oci_uploads_has(&self->uploads, &descriptor->digest))
		return 0;
	rc = oci_lazy_open(&source, from, descriptor, err);
	return rc ? rc
		  : oci_uploads_add(&self->uploads, &descriptor->digest,
				    descriptor->size, source,
				    origin(self, from), err);
}

static int repository_add_present(struct oci_store *store,
				  const struct oci_digest *digest,
				  uint64_t size, struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;

	return oci_uploads_add_present(&self->uploads, digest, size, err);
}

static int repository_holds(bool *out, struct oci_store *store,
			    const struct oci_closure *image,
			    struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	int rc;

	*out = false;
	if (self->client.registry->options.dry_run)
		return 0;
	rc = oci_manifests_hold(out, &self->manifests, image, &self->client,
				err);
	self->uploads.held += *out ? image->blobs.count : 0;
	return rc;
}

/* A registry of several machines may need a while to find a blob that was just
 * uploaded to one of them. */
static int retry_put(struct oci_repository *self, int rc, bool missing,
		     const struct oci_descriptors *listed,
		     struct oci_error *err)
{
	const struct oci_http_response none = { 0 };
	struct oci_registry *registry = self->client.registry;

	for (unsigned i = 0; rc && missing && i < oci_client_retries(registry);
	     i++) {
		int waited = oci_client_wait(registry,
					     oci_retry_pause(&none, i), err);

		rc = waited ? waited
			    : oci_manifests_put(&missing, &self->manifests,
						listed, &self->client, err);
		if (waited)
			break;
	}
	return rc;
}

/* Puts the manifests. If the registry misses blobs that it claimed to have,
 * they are uploaded and the manifests are put again. */
static int put_manifests(struct oci_repository *self, struct oci_error *err)
{
	/* BuildKit's attestations have subjects too, but clients find them in
	 * the index: they need no referrers tag. */
	const struct oci_descriptors *listed =
		self->base.referrers ? NULL : oci_store_names(&self->base);
	bool missing, any;
	int again, rc = oci_manifests_put(&missing, &self->manifests, listed,
					  &self->client, err);

	if (!rc || !missing)
		return rc;
	again = oci_uploads_again(&any, &self->uploads, err);
	if (again)
		return again;
	if (any)
		rc = oci_manifests_put(&missing, &self->manifests, listed,
				       &self->client, err);
	return retry_put(self, rc, missing, listed, err);
}

static int tell(struct oci_repository *self, struct oci_error *err)
{
	oci_uploads_tell(&self->uploads);
	return oci_manifests_tell(&self->manifests, &self->client,
				  oci_store_names(&self->base), err);
}

/* Without a tag, blobs and manifests are not visible yet. */
static int repository_prepare(struct oci_store *store, struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	int rc;

	if (self->prepared)
		return 0;
	rc = oci_uploads_wait(&self->uploads, err);
	if (!rc && !self->client.registry->options.dry_run)
		rc = put_manifests(self, err);
	self->prepared = !rc;
	return rc;
}

static int repository_commit(struct oci_store *store, struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	int rc = repository_prepare(store, err);

	self->prepared = false;
	if (!rc && self->client.registry->options.dry_run)
		return tell(self, err);
	if (!rc && self->expects)
		rc = oci_manifests_expect(&self->manifests, &self->expected,
					  &self->client,
					  oci_store_names(store), err);
	if (!rc)
		rc = oci_manifests_tag(&self->manifests, &self->client,
				       oci_store_names(store), err);
	return rc;
}

static int repository_referrers(struct oci_descriptors *out,
				struct oci_store *store,
				const struct oci_digest *subject,
				struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;

	return oci_referrers_list(out, &self->client, subject, err);
}

/* The manifest is kept for later reads, unless self->manifests is the list of
 * those to push. */
static int repository_find_tag(struct oci_descriptor *out, char **text,
			       struct oci_store *store, const char *tag,
			       struct oci_error *err)
{
	struct oci_repository *self = (struct oci_repository *)store;
	int rc = oci_fetch_manifest(out, text, &self->client, tag, err);

	if (rc || self->pushes)
		return rc;
	rc = oci_manifests_add(&self->manifests, out, *text, err);
	if (!rc)
		return 0;
	oci_descriptor_release(out);
	free(*text);
	*text = NULL;
	return rc;
}

static int repository_blobs(struct oci_store *store, oci_blob_fn *visit,
			    void *data, struct oci_error *err)
{
	(void)store;
	(void)visit;
	(void)data;
	(void)err;
	return 0;	/* a registry does not list them */
}

static void repository_free(struct oci_store *store)
{
	struct oci_repository *self = (struct oci_repository *)store;

	oci_uploads_release(&self->uploads);
	if (self->pushes)
		atomic_fetch_sub(&self->client.registry->repositories, 1);
	oci_manifests_release(&self->manifests);
	free(self->client.host);
	free(self->client.base);
	free(self->client.repository);
	free(self);
}

static const struct oci_store_ops ops = {
	.has = repository_has,
	.open = repository_open,
	.fetch = repository_fetch,
	.create = repository_create,
	.dup_fd = repository_dup_fd,
	.add = repository_add,
	.add_file = repository_add_file,
	.put = repository_put,
	.import = repository_import,
	.add_present = repository_add_present,
	.holds = repository_holds,
	.same = repository_same,
	.referrers = repository_referrers,
	.find_tag = repository_find_tag,
	.prepare = repository_prepare,
	.commit = repository_commit,
	.blobs = repository_blobs,
	.free = repository_free,
};

int oci_repository_new(struct oci_repository **out,
		       struct oci_registry *registry,
		       const struct oci_reference *reference,
		       struct oci_error *err)
{
	struct oci_repository *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->client.registry = registry;
	oci_uploads_init(&self->uploads, &self->client);
	rc = oci_text_copy(&self->client.host, reference->host, err);
	if (!rc)
		rc = oci_text_copy(&self->client.repository, reference->path,
				   err);
	if (!rc)
		rc = oci_client_set_base(&self->client, err);
	if (rc)
		repository_free(&self->base);
	else
		*out = self;
	return rc;
}
