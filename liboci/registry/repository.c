/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A repository as a store. Blobs that are added go up on threads of a pool
 * while others are made; manifests wait until all of the blobs are there, and
 * tags until all of the manifests are: children, index, tags.
 */
#include <oci/registry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "registry/client.h"
#include "registry/fetch.h"
#include "registry/manifests.h"
#include "registry/referrers.h"
#include "registry/spool.h"
#include "registry/upload.h"
#include "registry/uploads.h"
#include "store/store.h"

struct repository {
	struct oci_store base;
	struct oci_client client;
	struct oci_uploads uploads;
	struct oci_manifests manifests;	/* in the order of their adding */
	struct oci_digest expected;	/* that tags lead to; empty: nothing */
	bool expects;
};

static int repository_has(bool *out, struct oci_store *store,
			  const struct oci_digest *digest,
			  struct oci_error *err)
{
	struct repository *self = (struct repository *)store;

	if (oci_manifests_find(&self->manifests, digest)) {
		*out = true;
		return 0;
	}
	return oci_upload_exists(out, &self->client, "pull,push", digest,
				 err);
}

/* Documents are small: they come whole. Blobs come into a file first. */
static int repository_open(struct oci_source **out, struct oci_store *store,
			   const struct oci_descriptor *descriptor,
			   struct oci_error *err)
{
	struct repository *self = (struct repository *)store;
	const struct oci_registry *registry = self->client.registry;
	struct oci_sink *sink = NULL;
	int fd, rc;

	if (oci_media_is_manifest(descriptor->media_type) ||
	    oci_media_is_index(descriptor->media_type))
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
	struct repository *self = (struct repository *)store;

	return oci_fetch_blob(&self->client, descriptor, sink, err);
}

static int repository_create(struct oci_sink **out, struct oci_store *store,
			     struct oci_error *err)
{
	const struct repository *self = (struct repository *)store;

	return oci_spool_open(out, self->client.registry->temp_dir, err);
}

static int repository_add(struct oci_store *store, struct oci_sink *sink,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err)
{
	struct repository *self = (struct repository *)store;
	struct oci_outgoing blob = { .digest = digest, .size = size };
	int rc;

	if (oci_uploads_has(&self->uploads, digest))
		return 0;
	rc = oci_spool_take(&blob.fd, &blob.source, sink, size, err);
	return rc ? rc : oci_uploads_give(&self->uploads, &blob, err);
}

static int repository_put(struct oci_store *store,
			  const struct oci_descriptor *descriptor,
			  const void *data, struct oci_error *err)
{
	struct repository *self = (struct repository *)store;

	return oci_manifests_add(&self->manifests, descriptor, data, err);
}

static bool repository_same(const struct oci_store *a,
			    const struct oci_store *b)
{
	const struct oci_client *one = &((const struct repository *)a)->client;
	const struct oci_client *two = &((const struct repository *)b)->client;

	return strcmp(one->base, two->base) == 0 &&
	       strcmp(one->repository, two->repository) == 0;
}

/* The name of another repository of the registry, or NULL. */
static const char *origin(const struct repository *self,
			  const struct oci_store *from)
{
	const struct repository *other = (const struct repository *)from;

	if (from->ops != self->base.ops || oci_store_same(&self->base, from) ||
	    strcmp(other->client.base, self->client.base) != 0)
		return NULL;
	return other->client.repository;
}

static int repository_import(struct oci_store *store,
			     const struct oci_descriptor *descriptor,
			     struct oci_store *from, struct oci_error *err)
{
	struct repository *self = (struct repository *)store;
	struct oci_outgoing blob = {
		.digest = &descriptor->digest, .size = descriptor->size,
		.fd = -1, .origin = origin(self, from),
	};
	int rc;

	if (oci_uploads_has(&self->uploads, blob.digest))
		return 0;
	rc = oci_lazy_open(&blob.source, from, descriptor, err);
	return rc ? rc : oci_uploads_give(&self->uploads, &blob, err);
}

static int repository_keep(struct oci_store *store,
			   const struct oci_digest *digest, uint64_t size,
			   struct oci_error *err)
{
	struct repository *self = (struct repository *)store;

	return oci_uploads_keep(&self->uploads, digest, size, err);
}

static int repository_holds(bool *out, struct oci_store *store,
			    const struct oci_closure *image,
			    struct oci_error *err)
{
	struct repository *self = (struct repository *)store;
	int rc;

	*out = false;
	if (self->client.registry->options.plan)
		return 0;
	rc = oci_manifests_hold(out, &self->manifests, image, &self->client,
				err);
	self->uploads.held += *out ? image->blobs.count : 0;
	return rc;
}

/* Where it misses blobs that it claimed to have, these go up once more. */
static int put_manifests(struct repository *self, struct oci_error *err)
{
	bool missing, any;
	int again, rc = oci_manifests_put(&missing, &self->manifests,
					  &self->client, err);

	if (!rc || !missing)
		return rc;
	again = oci_uploads_again(&any, &self->uploads, err);
	if (again || !any)
		return again ? again : rc;
	return oci_manifests_put(&missing, &self->manifests, &self->client,
				 err);
}

static int tell(struct repository *self, struct oci_error *err)
{
	int rc = oci_uploads_tell(&self->uploads, err);

	return rc ? rc : oci_manifests_tell(&self->manifests, &self->client,
					    oci_store_names(&self->base),
					    err);
}

static int repository_commit(struct oci_store *store, struct oci_error *err)
{
	struct repository *self = (struct repository *)store;
	int rc = oci_uploads_wait(&self->uploads, err);

	if (!rc && self->client.registry->options.plan)
		return tell(self, err);
	if (!rc)
		rc = put_manifests(self, err);
	if (!rc && self->expects)
		rc = oci_manifests_expect(&self->expected, &self->client,
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
	struct repository *self = (struct repository *)store;

	return oci_referrers_list(out, &self->client, subject, err);
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
	struct repository *self = (struct repository *)store;

	oci_uploads_release(&self->uploads);
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
	.add = repository_add,
	.put = repository_put,
	.import = repository_import,
	.keep = repository_keep,
	.holds = repository_holds,
	.same = repository_same,
	.referrers = repository_referrers,
	.commit = repository_commit,
	.blobs = repository_blobs,
	.free = repository_free,
};

static int repository_new(struct repository **out,
			  struct oci_registry *registry,
			  const struct oci_reference *reference,
			  struct oci_error *err)
{
	struct repository *self = calloc(1, sizeof(*self));
	int rc;

	*out = NULL;
	if (!self)
		return oci_fail_nomem(err);
	self->base.ops = &ops;
	self->client.registry = registry;
	self->uploads.client = &self->client;
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

int oci_registry_check(struct oci_registry *registry, const char *host,
		       struct oci_error *err)
{
	struct oci_call call = {
		.method = "GET", .url = "/v2/", .actions = "",
	};
	struct oci_http_response response = {0};
	struct oci_reference reference = {0};
	struct repository *self;
	int rc;

	if (strlen(host) >= sizeof(reference.host))
		return oci_fail(err, OCI_E_INVALID, "host '%.80s...' is too "
				"long", host);
	memcpy(reference.host, host, strlen(host));
	rc = repository_new(&self, registry, &reference, err);
	if (rc)
		return rc;
	rc = oci_client_call(&response, NULL, &self->client, &call, err);
	if (!rc && response.status != 200)
		rc = oci_client_fail(&self->client, "log in", &response, err);
	oci_http_response_release(&response);
	oci_store_free(&self->base);
	return rc ? oci_wrap(err, rc, "registry %s", host) : 0;
}

int oci_registry_create(struct oci_store **out, struct oci_registry *registry,
			const struct oci_reference *repository,
			const struct oci_strings *mount_from,
			struct oci_error *err)
{
	struct repository *self;
	int rc = repository_new(&self, registry, repository, err);

	*out = NULL;
	if (!rc && repository->tag[0])
		rc = oci_text_copy(&self->manifests.tag, repository->tag, err);
	for (size_t i = 0; !rc && mount_from && i < mount_from->count; i++)
		rc = oci_strings_add(&self->uploads.mount_from,
				     mount_from->items[i], err);
	if (!rc)
		*out = &self->base;
	else if (self)
		oci_store_free(&self->base);
	return rc;
}

int oci_registry_open(struct oci_store **out, struct oci_registry *registry,
		      const struct oci_reference *reference,
		      struct oci_error *err)
{
	const char *name = reference->digest.text[0] ?
			   reference->digest.text :
			   reference->tag[0] ? reference->tag : "latest";
	struct oci_reference named = *reference;
	struct oci_descriptor image = {0};
	struct repository *self;
	char *text = NULL;
	int rc = repository_new(&self, registry, reference, err);

	*out = NULL;
	if (!rc)
		rc = oci_fetch_manifest(&image, &text, &self->client, name,
					err);
	if (!rc)
		rc = oci_manifests_add(&self->manifests, &image, text, err);
	if (!rc && !named.tag[0] && !named.digest.text[0])
		memcpy(named.tag, "latest", 7);
	named.digest.text[0] = '\0';
	if (!rc)
		rc = oci_store_tag(&self->base, &named, &image, err);
	if (!rc)
		*out = &self->base;
	else if (self)
		oci_store_free(&self->base);
	oci_descriptor_release(&image);
	free(text);
	return rc;
}

void oci_registry_expect(struct oci_store *store,
			 const struct oci_digest *digest)
{
	struct repository *self = (struct repository *)store;

	self->expected = *digest;
	self->expects = true;
}

void oci_registry_pushed(struct oci_push_result *out,
			 const struct oci_store *store)
{
	*out = ((const struct repository *)store)->uploads.result;
}
