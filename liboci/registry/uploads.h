/* SPDX-License-Identifier: Apache-2.0 */
/* The blobs of a repository that are on their way up, side by side. */
#ifndef REGISTRY_UPLOADS_H
#define REGISTRY_UPLOADS_H

#include <stdatomic.h>

#include <oci/repository.h>

#include "io/pool.h"
#include "registry/streamed_upload.h"
#include "registry/upload.h"

struct oci_upload_job;

struct oci_uploads {
	struct oci_client *client;
	struct oci_strings mount_from;
	struct oci_pool *pool;		/* started with the first blob */
	struct oci_pool *senders;	/* of blobs that grow; or NULL */
	struct oci_streaming growth;
	sem_t room;			/* for transfers of both */
	struct oci_upload_job *jobs;	/* in the order of their giving */
	struct oci_upload_job **last;
	struct oci_push_result result;
	uint64_t held;			/* blobs of images that were there */
	atomic_bool stop;		/* one failed: no other begins */
};

void oci_uploads_init(struct oci_uploads *out, struct oci_client *client);
bool oci_uploads_has(const struct oci_uploads *uploads,
		     const struct oci_digest *digest);
/* A blob that is to go up. */
struct oci_outgoing {
	const struct oci_digest *digest;
	uint64_t size;
	struct oci_source *source;
	const char *origin;	/* a repository of the registry that has it, or
				 * NULL; borrowed as long as the source */
};

/* Starts an upload; takes source over, also when it fails. */
int oci_uploads_give(struct oci_uploads *uploads,
		     const struct oci_outgoing *blob, struct oci_error *err);
/*
 * A blob that is made now: the caller writes to its spool, and ends it by one
 * of the last two calls below. After oci_uploads_stream it may go up meanwhile.
 */
int oci_uploads_begin(struct oci_upload_job **out, struct oci_uploads *uploads,
		      struct oci_error *err);
struct oci_spool *oci_uploads_spool(struct oci_upload_job *job);
void oci_uploads_stream(struct oci_upload_job *job);
int oci_uploads_end(struct oci_upload_job *job,
		    const struct oci_digest *digest, uint64_t size,
		    struct oci_error *err);
void oci_uploads_drop(struct oci_upload_job *job);
/* Counts a blob that is there, and is not given, as one that was. */
int oci_uploads_add_present(struct oci_uploads *uploads,
			    const struct oci_digest *digest, uint64_t size,
			    struct oci_error *err);
/* Waits for all; the first error is told. */
int oci_uploads_wait(struct oci_uploads *uploads, struct oci_error *err);
/*
 * Uploads, once, the blobs that were said to be there: a registry that then
 * misses them has a stale answer somewhere. *any is whether there were some.
 */
int oci_uploads_again(bool *any, struct oci_uploads *uploads,
		      struct oci_error *err);
/* Tells what became of each, in order: of a plan, what would become. */
int oci_uploads_tell(const struct oci_uploads *uploads, struct oci_error *err);
/* Waits for what is under way. */
void oci_uploads_release(struct oci_uploads *uploads);

#endif
