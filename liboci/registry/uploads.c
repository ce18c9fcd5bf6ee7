/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads on the threads of a pool. */
#include "registry/uploads.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "io/ahead.h"

enum { AHEAD_LEAST = 1024 * 1024 };

/* One blob on its way up. */
struct oci_upload_job {
	struct oci_task task;	/* first: a task is a job */
	struct oci_upload_job *next;
	struct oci_uploads *owner;
	struct oci_digest digest;
	uint64_t size;
	struct oci_source *source;	/* owned */
	int fd;				/* of the spool; -1: none */
	const char *origin;
	enum oci_upload_result result;
	char *from;			/* of a plan: to mount from */
	bool again;			/* whatever HEAD says */
	bool kept;			/* it is there: no thread has it */
	int status;
	struct oci_error why;
};

static void drop_source(struct oci_upload_job *job)
{
	oci_source_free(job->source);
	job->source = NULL;
	if (job->fd >= 0)
		close(job->fd);
	job->fd = -1;
}

/* Bytes are read and digested beside the thread that sends, which is one for
 * all. */
static int upload_ahead(enum oci_upload_result *out, struct oci_upload *upload,
			struct oci_error *err)
{
	struct oci_source *ahead = NULL;
	int rc = 0;

	if (upload->size >= AHEAD_LEAST)
		rc = oci_ahead_open(&ahead, upload->source, err);
	if (ahead)
		upload->source = ahead;
	if (!rc)
		rc = oci_upload_blob(out, upload, err);
	oci_source_free(ahead);
	return rc;
}

static void run_job(struct oci_task *task, unsigned worker)
{
	struct oci_upload_job *job = (struct oci_upload_job *)task;
	struct oci_uploads *owner = job->owner;
	struct oci_upload upload = {
		.client = owner->client,
		.digest = &job->digest,
		.size = job->size,
		.source = job->source,
		.origin = job->origin,
		.mount_from = &owner->mount_from,
		.force = job->again,
		.from = owner->client->registry->options.plan ? &job->from :
								NULL,
		.chunk_size = owner->client->registry->options.chunk_size,
	};

	(void)worker;
	if (atomic_load(&owner->stop)) {
		job->status = oci_fail(&job->why, OCI_E_CANCELLED,
				       "not begun");
		drop_source(job);
		return;
	}
	job->status = upload_ahead(&job->result, &upload, &job->why);
	/* Frees the spool's space while others are still on their way; a blob
	 * that the registry claims to have may have to go up after all. */
	if (job->status || upload.from || job->result != OCI_UPLOAD_PRESENT)
		drop_source(job);
	if (job->status)
		atomic_store(&owner->stop, true);
}

bool oci_uploads_has(const struct oci_uploads *uploads,
		     const struct oci_digest *digest)
{
	const struct oci_upload_job *job = uploads->jobs;

	while (job && !oci_digest_equal(&job->digest, digest))
		job = job->next;
	return job != NULL;
}

static void add_job(struct oci_uploads *self, struct oci_upload_job *job)
{
	if (!self->jobs)
		self->last = &self->jobs;
	*self->last = job;
	self->last = &job->next;
}

int oci_uploads_give(struct oci_uploads *self,
		     const struct oci_outgoing *blob, struct oci_error *err)
{
	unsigned jobs = self->client->registry->options.jobs;
	struct oci_upload_job *job = calloc(1, sizeof(*job));
	int rc = job ? 0 : oci_fail_nomem(err);

	if (!rc && !self->pool)
		rc = oci_pool_new(&self->pool, jobs ? jobs : 4, err);
	if (rc) {
		oci_source_free(blob->source);
		if (blob->fd >= 0)
			close(blob->fd);
		free(job);
		return rc;
	}
	job->task.run = run_job;
	job->owner = self;
	job->digest = *blob->digest;
	job->size = blob->size;
	job->source = blob->source;
	job->fd = blob->fd;
	job->origin = blob->origin;
	add_job(self, job);
	oci_pool_give(self->pool, &job->task);
	return 0;
}

int oci_uploads_keep(struct oci_uploads *self, const struct oci_digest *digest,
		     uint64_t size, struct oci_error *err)
{
	struct oci_upload_job *job;

	if (oci_uploads_has(self, digest))
		return 0;
	job = calloc(1, sizeof(*job));
	if (!job)
		return oci_fail_nomem(err);
	job->kept = true;
	job->owner = self;
	job->digest = *digest;
	job->size = size;
	job->fd = -1;
	job->result = OCI_UPLOAD_PRESENT;
	add_job(self, job);
	return 0;
}

static void count(struct oci_push_result *out, const struct oci_upload_job *job)
{
	switch (job->result) {
	case OCI_UPLOAD_PRESENT:
		out->present++;
		break;
	case OCI_UPLOAD_MOUNTED:
		out->mounted++;
		break;
	case OCI_UPLOAD_DONE:
		out->uploaded++;
		out->uploaded_bytes += job->size;
		break;
	}
}

int oci_uploads_again(bool *any, struct oci_uploads *self,
		      struct oci_error *err)
{
	*any = false;
	for (struct oci_upload_job *job = self->jobs; job; job = job->next) {
		if (!job->source || job->again)
			continue;
		job->again = true;
		*any = true;
		oci_pool_give(self->pool, &job->task);
	}
	return *any ? oci_uploads_wait(self, err) : 0;
}

int oci_uploads_wait(struct oci_uploads *self, struct oci_error *err)
{
	int rc = 0;

	self->result = (struct oci_push_result){ .present = self->held };
	for (struct oci_upload_job *job = self->jobs; job; job = job->next) {
		if (!job->kept)
			oci_pool_wait(self->pool, &job->task);
		if (!job->status) {
			count(&self->result, job);
			continue;
		}
		/* What was not begun only tells that another failed. */
		if (rc && rc != OCI_E_CANCELLED)
			continue;
		if (err)
			*err = job->why;
		rc = job->status;
	}
	return rc;
}

int oci_uploads_tell(const struct oci_uploads *self, struct oci_error *err)
{
	static const enum oci_push_action actions[] = {
		[OCI_UPLOAD_PRESENT] = OCI_PUSH_KEEP,
		[OCI_UPLOAD_MOUNTED] = OCI_PUSH_MOUNT,
		[OCI_UPLOAD_DONE] = OCI_PUSH_SEND,
	};
	int rc = 0;

	for (const struct oci_upload_job *job = self->jobs; !rc && job;
	     job = job->next) {
		const struct oci_push_step step = {
			.kind = OCI_PUSH_BLOB,
			.action = actions[job->result],
			.host = self->client->host,
			.repository = self->client->repository,
			.digest = &job->digest,
			.size = job->size,
			.from = job->from,
		};

		rc = oci_client_tell(self->client, &step, err);
	}
	return rc;
}

void oci_uploads_release(struct oci_uploads *uploads)
{
	atomic_store(&uploads->stop, true);
	oci_pool_free(uploads->pool);
	while (uploads->jobs) {
		struct oci_upload_job *job = uploads->jobs;

		uploads->jobs = job->next;
		drop_source(job);
		free(job->from);
		free(job);
	}
	oci_strings_release(&uploads->mount_from);
}
