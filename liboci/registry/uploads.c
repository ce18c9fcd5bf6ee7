/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads on the threads of a pool. */
#include "registry/uploads.h"

#include <stdlib.h>

#include "base/error.h"
#include "io/ahead.h"

enum { AHEAD_LEAST = 1024 * 1024 };

/* One blob on its way up. */
struct oci_upload_job {
	struct oci_task task;	/* first: a task is a job */
	struct oci_upload_job *next;
	struct oci_uploads *owner;
	struct oci_digest digest;	/* empty: of a blob that was dropped,
					 * or is not whole yet */
	uint64_t size;
	struct oci_source *source;	/* owned */
	bool spooled;			/* and what follows is in use */
	struct oci_spool spool;
	struct oci_streamed_upload growing;
	bool grows;			/* a sender has it */
	const char *origin;
	enum oci_upload_result result;
	char *from;			/* of a plan: to mount from */
	bool again;			/* whatever HEAD says */
	bool given;			/* to the pool: its end is waited for */
	int status;
	struct oci_error why;
};

static void drop_source(struct oci_upload_job *job)
{
	oci_source_free(job->source);
	job->source = NULL;
	if (job->spooled)
		oci_spool_close(&job->spool);
	job->spooled = false;
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

static bool is_whole(const struct oci_upload_job *job)
{
	return job->digest.text[0] != '\0';
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
		.begun = &job->growing.session,
		.from = owner->client->registry->options.plan ? &job->from :
								NULL,
		.chunk_size = owner->client->registry->options.chunk_size,
	};

	(void)worker;
	if (job->grows)
		oci_pool_wait(owner->senders, &job->growing.task);
	if (!is_whole(job)) {
		drop_source(job);
		return;
	}
	if (atomic_load(&owner->stop)) {
		oci_session_abandon(&job->growing.session, owner->client);
		job->status = oci_fail(&job->why, OCI_E_CANCELLED,
				       "not begun");
		drop_source(job);
		return;
	}
	while (sem_wait(&owner->room) != 0)
		;	/* a signal */
	job->status = upload_ahead(&job->result, &upload, &job->why);
	sem_post(&owner->room);
	oci_session_abandon(&job->growing.session, owner->client);
	/* Frees the spool's space while others are still on their way; a blob
	 * that the registry claims to have may have to go up after all. */
	if (job->status || upload.from || job->result != OCI_UPLOAD_PRESENT)
		drop_source(job);
	if (job->status)
		atomic_store(&owner->stop, true);
}

static unsigned jobs_of(const struct oci_uploads *self)
{
	unsigned jobs = self->client->registry->options.jobs;

	return jobs ? jobs : 8;
}

void oci_uploads_init(struct oci_uploads *out, struct oci_client *client)
{
	*out = (struct oci_uploads){ .client = client };
	sem_init(&out->room, 0, jobs_of(out));
	oci_streaming_init(&out->growth, &out->room, &out->stop);
}

bool oci_uploads_has(const struct oci_uploads *uploads,
		     const struct oci_digest *digest)
{
	const struct oci_upload_job *job = uploads->jobs;

	while (job && !oci_digest_equal(&job->digest, digest))
		job = job->next;
	return job != NULL;
}

static int start_pool(struct oci_pool **pool, const struct oci_uploads *self,
		      struct oci_error *err)
{
	return *pool ? 0 : oci_pool_new(pool, jobs_of(self), err);
}

static int new_job(struct oci_upload_job **out, struct oci_uploads *self,
		   struct oci_error *err)
{
	struct oci_upload_job *job = calloc(1, sizeof(*job));

	*out = job;
	if (!job)
		return oci_fail_nomem(err);
	job->task.run = run_job;
	job->owner = self;
	if (!self->jobs)
		self->last = &self->jobs;
	*self->last = job;
	self->last = &job->next;
	return 0;
}

static void give(struct oci_upload_job *job)
{
	job->given = true;
	oci_pool_give(job->owner->pool, &job->task);
}

int oci_uploads_give(struct oci_uploads *self,
		     const struct oci_outgoing *blob, struct oci_error *err)
{
	struct oci_upload_job *job;
	int rc = start_pool(&self->pool, self, err);

	if (!rc)
		rc = new_job(&job, self, err);
	if (rc) {
		oci_source_free(blob->source);
		return rc;
	}
	job->digest = *blob->digest;
	job->size = blob->size;
	job->source = blob->source;
	job->origin = blob->origin;
	give(job);
	return 0;
}

/* Of several repositories of a registry, one may mount what another one got;
 * in pieces means that large bodies are not taken. */
static bool may_grow(const struct oci_uploads *self)
{
	const struct oci_registry *registry = self->client->registry;

	return !registry->options.plan && !registry->options.chunk_size &&
	       registry->repositories == 1 && !self->mount_from.count;
}

int oci_uploads_begin(struct oci_upload_job **out, struct oci_uploads *self,
		      struct oci_error *err)
{
	const struct oci_registry *registry = self->client->registry;
	struct oci_upload_job *job;
	int rc = start_pool(&self->pool, self, err);

	if (!rc)
		rc = new_job(&job, self, err);
	if (rc)
		return rc;
	job->spooled = true;
	rc = oci_spool_open(&job->spool, registry->http, registry->temp_dir,
			    err);
	if (rc)
		return rc;
	*out = job;
	return 0;
}

void oci_uploads_stream(struct oci_upload_job *job)
{
	struct oci_uploads *self = job->owner;

	/* Without threads for that, there is the usual way. */
	if (!may_grow(self) || start_pool(&self->senders, self, NULL))
		return;
	job->growing = (struct oci_streamed_upload){
		.task.run = oci_streamed_upload_run,
		.client = self->client,
		.spool = &job->spool,
		.growth = &self->growth,
	};
	job->grows = true;
	oci_pool_give(self->senders, &job->growing.task);
}

struct oci_spool *oci_uploads_spool(struct oci_upload_job *job)
{
	return &job->spool;
}

int oci_uploads_end(struct oci_upload_job *job,
		    const struct oci_digest *digest, uint64_t size,
		    struct oci_error *err)
{
	int rc = oci_spool_read(&job->source, &job->spool, err);

	if (rc)
		return rc;
	job->digest = *digest;
	job->size = size;
	oci_spool_end(&job->spool, OCI_SPOOL_WHOLE);
	give(job);
	return 0;
}

void oci_uploads_drop(struct oci_upload_job *job)
{
	if (job->given)
		return;
	oci_spool_end(&job->spool, OCI_SPOOL_DROPPED);
	give(job);
}

int oci_uploads_add_present(struct oci_uploads *self,
			    const struct oci_digest *digest, uint64_t size,
			    struct oci_error *err)
{
	struct oci_upload_job *job;
	int rc;

	if (oci_uploads_has(self, digest))
		return 0;
	rc = new_job(&job, self, err);
	if (rc)
		return rc;
	job->digest = *digest;
	job->size = size;
	job->result = OCI_UPLOAD_PRESENT;
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
		if (job->given)
			oci_pool_wait(self->pool, &job->task);
		if (!is_whole(job))
			continue;
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

		if (is_whole(job))
			rc = oci_client_tell(self->client, &step, err);
	}
	return rc;
}

void oci_uploads_release(struct oci_uploads *uploads)
{
	atomic_store(&uploads->stop, true);
	for (struct oci_upload_job *job = uploads->jobs; job; job = job->next)
		if (!job->given && job->spooled)
			oci_uploads_drop(job);
	oci_pool_free(uploads->pool);
	oci_pool_free(uploads->senders);
	while (uploads->jobs) {
		struct oci_upload_job *job = uploads->jobs;

		uploads->jobs = job->next;
		drop_source(job);
		free(job->from);
		free(job);
	}
	oci_strings_release(&uploads->mount_from);
	oci_streaming_release(&uploads->growth);
	sem_destroy(&uploads->room);
}
