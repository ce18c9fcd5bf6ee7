/* SPDX-License-Identifier: Apache-2.0 */
/* A repository's list of blobs, and the threads that run their tasks. */
#include "registry/uploads.h"

#include <stdlib.h>

#include "base/error.h"

void oci_uploads_init(struct oci_uploads *out, struct oci_client *client)
{
	*out = (struct oci_uploads){ .client = client };
	oci_streaming_init(&out->streaming, &out->stop);
}

bool oci_uploads_has(const struct oci_uploads *uploads,
		     const struct oci_digest *digest)
{
	const struct oci_blob_upload *blob = uploads->blobs;

	while (blob && !oci_digest_equal(&blob->upload.digest, digest))
		blob = blob->next;
	return blob != NULL;
}

static int new_blob(struct oci_blob_upload **out, struct oci_uploads *self,
		    struct oci_error *err)
{
	const struct oci_registry_options *options =
		&self->client->registry->options;
	struct oci_blob_upload *blob = calloc(1, sizeof(*blob));

	*out = blob;
	if (!blob)
		return oci_fail_nomem(err);
	blob->task.run = oci_blob_upload_run;
	blob->owner = self;
	blob->upload = (struct oci_upload){
		.client = self->client,
		.mount_from = &self->mount_from,
		.chunk_size = options->chunk_size,
		.dry_run = options->dry_run != NULL,
	};
	if (!self->blobs)
		self->last = &self->blobs;
	*self->last = blob;
	self->last = &blob->next;
	return 0;
}

/* Makes a blob with a task, and the pool for it. */
static int new_task(struct oci_blob_upload **out, struct oci_uploads *self,
		    struct oci_error *err)
{
	unsigned jobs = self->client->registry->options.jobs;
	int rc = self->pool ? 0
			    : oci_pool_new(&self->pool, jobs ? jobs : 8, err);

	return rc ? rc : new_blob(out, self, err);
}

static void start_task(struct oci_blob_upload *blob)
{
	blob->queued = true;
	oci_pool_give(blob->owner->pool, &blob->task);
}

/* Several repositories of a registry can mount blobs from each other instead.
 * With chunks, the registry does not accept large bodies. */
static bool may_stream(const struct oci_uploads *self)
{
	const struct oci_registry *registry = self->client->registry;

	return !registry->options.dry_run && !registry->options.chunk_size &&
	       registry->repositories == 1 && !self->mount_from.count;
}

int oci_uploads_open(struct oci_sink **out, struct oci_uploads *self,
		     bool streams, struct oci_error *err)
{
	const struct oci_registry *registry = self->client->registry;
	struct oci_blob_upload *blob;
	int rc = new_task(&blob, self, err);

	if (!rc)
		rc = oci_spool_open(&blob->spool, registry->http,
				    registry->temp_dir, err);
	if (rc)
		return rc;
	blob->upload.source = &blob->spool->base;
	blob->streams = streams && may_stream(self);
	oci_blob_upload_open(blob);
	start_task(blob);
	*out = &blob->sink;
	return 0;
}

int oci_uploads_add(struct oci_uploads *self, const struct oci_digest *digest,
		    uint64_t size, struct oci_source *source,
		    const char *origin, struct oci_error *err)
{
	struct oci_blob_upload *blob;
	int rc = new_task(&blob, self, err);

	if (rc) {
		oci_source_free(source);
		return rc;
	}
	blob->upload.digest = *digest;
	blob->upload.size = size;
	blob->upload.source = source;
	blob->upload.origin = origin;
	start_task(blob);
	return 0;
}

int oci_uploads_add_present(struct oci_uploads *self,
			    const struct oci_digest *digest, uint64_t size,
			    struct oci_error *err)
{
	struct oci_blob_upload *blob;
	int rc;

	if (oci_uploads_has(self, digest))
		return 0;
	rc = new_blob(&blob, self, err);
	if (rc)
		return rc;
	blob->upload.digest = *digest;
	blob->upload.size = size;
	return 0;
}

static void count(struct oci_push_result *out, const struct oci_upload *upload)
{
	switch (upload->result) {
	case OCI_UPLOAD_PRESENT:
		out->present++;
		break;
	case OCI_UPLOAD_MOUNTED:
		out->mounted++;
		break;
	case OCI_UPLOAD_DONE:
		out->uploaded++;
		out->uploaded_bytes += upload->size;
		break;
	}
}

int oci_uploads_again(bool *any, struct oci_uploads *self,
		      struct oci_error *err)
{
	struct oci_blob_upload *blob;

	*any = false;
	for (blob = self->blobs; blob; blob = blob->next) {
		if (!blob->upload.source || blob->upload.force)
			continue;
		blob->upload.force = true;
		*any = true;
		oci_pool_give(self->pool, &blob->task);
	}
	return *any ? oci_uploads_wait(self, err) : 0;
}

static void drop_open(struct oci_uploads *self)
{
	struct oci_blob_upload *blob;

	for (blob = self->blobs; blob; blob = blob->next)
		oci_blob_upload_drop(blob);
}

int oci_uploads_wait(struct oci_uploads *self, struct oci_error *err)
{
	struct oci_blob_upload *blob;
	int rc = 0;

	drop_open(self);
	self->result = (struct oci_push_result){ .present = self->held };
	for (blob = self->blobs; blob; blob = blob->next) {
		if (blob->queued)
			oci_pool_wait(self->pool, &blob->task);
		if (!oci_blob_upload_is_complete(blob))
			continue;
		if (!blob->status) {
			count(&self->result, &blob->upload);
			continue;
		}
		/* An upload that did not begin reports another's failure. */
		if (rc && rc != OCI_E_CANCELLED)
			continue;
		if (err)
			*err = blob->why;
		rc = blob->status;
	}
	return rc;
}

void oci_uploads_tell(const struct oci_uploads *self)
{
	static const enum oci_push_action actions[] = {
		[OCI_UPLOAD_PRESENT] = OCI_PUSH_KEEP,
		[OCI_UPLOAD_MOUNTED] = OCI_PUSH_MOUNT,
		[OCI_UPLOAD_DONE] = OCI_PUSH_SEND,
	};
	const struct oci_blob_upload *blob;

	for (blob = self->blobs; blob; blob = blob->next) {
		const struct oci_push_step step = {
			.kind = OCI_PUSH_BLOB,
			.action = actions[blob->upload.result],
			.host = self->client->host,
			.repository = self->client->repository,
			.digest = &blob->upload.digest,
			.size = blob->upload.size,
			.from = blob->upload.from,
		};

		if (oci_blob_upload_is_complete(blob))
			oci_client_tell(self->client, &step);
	}
}

void oci_uploads_release(struct oci_uploads *uploads)
{
	atomic_store(&uploads->stop, true);
	drop_open(uploads);
	oci_pool_free(uploads->pool);
	while (uploads->blobs) {
		struct oci_blob_upload *blob = uploads->blobs;

		uploads->blobs = blob->next;
		oci_blob_upload_free(blob);
	}
	oci_strings_release(&uploads->mount_from);
	oci_streaming_release(&uploads->streaming);
}
