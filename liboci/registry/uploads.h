/* SPDX-License-Identifier: Apache-2.0 */
/* The blobs that are uploaded to a repository, in parallel. */
#ifndef REGISTRY_UPLOADS_H
#define REGISTRY_UPLOADS_H

#include <stdatomic.h>

#include <oci/repository.h>

#include "registry/blob_upload.h"
#include "registry/streamed_upload.h"

struct oci_uploads {
	struct oci_client *client;
	struct oci_strings mount_from;
	struct oci_pool *pool;		/* started with the first blob */
	struct oci_streaming streaming;
	struct oci_blob_upload *blobs; /* in the order of opening */
	struct oci_blob_upload **last;
	struct oci_push_result result;
	uint64_t held;	  /* blobs of images that the repository
			   * has */
	atomic_bool stop; /* an upload failed: no other one
			   * begins */
};

void oci_uploads_init(struct oci_uploads *out, struct oci_client *client);
bool oci_uploads_has(const struct oci_uploads *uploads,
		     const struct oci_digest *digest);
/*
 * Opens the sink of a blob and queues its upload; blob_upload.h says how it
 * ends. streams: the bytes may be sent while they are written, because the
 * caller does not know their digest.
 */
int oci_uploads_open(struct oci_sink **out, struct oci_uploads *uploads,
		     bool streams, struct oci_error *err);
/*
 * Queues the upload of a blob that source has. Takes ownership of source, even
 * on failure. origin is a repository of the registry that has the blob, or
 * NULL; it is borrowed as long as the source.
 */
int oci_uploads_add(struct oci_uploads *uploads,
		    const struct oci_digest *digest, uint64_t size,
		    struct oci_source *source, const char *origin,
		    struct oci_error *err);
/* Counts a blob that the repository has. */
int oci_uploads_add_present(struct oci_uploads *uploads,
			    const struct oci_digest *digest, uint64_t size,
			    struct oci_error *err);
/* Drops blobs with open sinks, and waits for others. Returns the first
 * error. */
int oci_uploads_wait(struct oci_uploads *uploads, struct oci_error *err);
/*
 * Uploads, once, the blobs that the registry claimed to have, after it refused
 * a manifest because it misses blobs. Sets *any if there were some.
 */
int oci_uploads_again(bool *any, struct oci_uploads *uploads,
		      struct oci_error *err);
/* Reports the result of each upload, in order; in a dry run, the expected
 * result. */
void oci_uploads_tell(const struct oci_uploads *uploads);
/* Waits for the uploads in flight and frees everything. */
void oci_uploads_release(struct oci_uploads *uploads);

#endif
