/* SPDX-License-Identifier: Apache-2.0 */
/* The sink of a blob, and the run of its task. */
#include "registry/blob_upload.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/error.h"
#include "io/ahead.h"
#include "registry/uploads.h"

enum { AHEAD_LEAST = 1024 * 1024 };

static struct oci_blob_upload *blob_of(struct oci_sink *sink)
{
	return (void *)((char *)sink - offsetof(struct oci_blob_upload, sink));
}

static int fail_dropped(struct oci_error *err)
{
	return oci_fail(err, OCI_E_INVALID,
			"a blob was written to after its store was committed");
}

static int blob_write(struct oci_sink *sink, const void *data, size_t size,
		      struct oci_error *err)
{
	struct oci_blob_upload *blob = blob_of(sink);

	return blob->open ? oci_spool_write(blob->spool, data, size, err)
			  : fail_dropped(err);
}

static void blob_free(struct oci_sink *sink)
{
	oci_blob_upload_drop(blob_of(sink));
}

void oci_blob_upload_open(struct oci_blob_upload *blob)
{
	static const struct oci_sink_ops ops = {
		.write = blob_write,
		.free = blob_free,
	};

	blob->sink.ops = &ops;
	blob->open = true;
}

int oci_blob_upload_dup_fd(int *fd, struct oci_sink *sink,
			   struct oci_error *err)
{
	*fd = fcntl(blob_of(sink)->spool->fd, F_DUPFD_CLOEXEC, 0);
	return *fd < 0 ? oci_fail_errno(err, "read a blob twice") : 0;
}

int oci_blob_upload_end(struct oci_sink *sink, const struct oci_digest *digest,
			uint64_t size, struct oci_error *err)
{
	struct oci_blob_upload *blob = blob_of(sink);

	if (!blob->open)
		return fail_dropped(err);
	blob->open = false;
	blob->upload.digest = *digest;
	blob->upload.size = size;
	oci_spool_end(blob->spool, OCI_SPOOL_COMPLETE);
	return 0;
}

void oci_blob_upload_drop(struct oci_blob_upload *blob)
{
	if (!blob->open)
		return;
	blob->open = false;
	oci_spool_end(blob->spool, OCI_SPOOL_DROPPED);
}

bool oci_blob_upload_is_complete(const struct oci_blob_upload *blob)
{
	return blob->upload.digest.text[0] != '\0';
}

/* The source is read and its digest checked on another thread, because one
 * thread sends the bytes of all blobs. */
static int upload_ahead(struct oci_upload *u, struct oci_error *err)
{
	struct oci_source *ahead = NULL, *source = u->source;
	int rc = 0;

	if (u->size >= AHEAD_LEAST)
		rc = oci_ahead_open(&ahead, source, err);
	if (ahead)
		u->source = ahead;
	u->transfer.spool = NULL;
	u->transfer.size = u->size;
	if (!rc)
		rc = oci_upload_blob(u, err);
	if (!rc)
		oci_transfer_end(&u->transfer, u->result != OCI_UPLOAD_DONE);
	u->source = source;
	oci_source_free(ahead);
	return rc;
}

static void drop_source(struct oci_blob_upload *blob)
{
	oci_source_free(blob->upload.source);
	blob->upload.source = NULL;
	blob->spool = NULL;
}

void oci_blob_upload_run(struct oci_task *task, unsigned worker)
{
	struct oci_blob_upload *blob = (struct oci_blob_upload *)task;
	struct oci_uploads *owner = blob->owner;
	struct oci_upload *u = &blob->upload;
	bool complete;

	(void)worker;
	u->transfer = (struct oci_transfer){
		.registry = u->client->registry,
		.digest = &u->digest,
		.activity = OCI_ACTIVITY_UPLOAD,
		.spool = blob->spool,
	};
	if (blob->streams)
		oci_streamed_upload(&u->session, &owner->streaming, u->client,
				    &u->transfer);
	blob->streams = false;
	complete = !blob->spool || oci_spool_wait_end(blob->spool);
	if (complete && atomic_load(&owner->stop))
		blob->status =
			oci_fail(&blob->why, OCI_E_CANCELLED, "not begun");
	else if (complete)
		blob->status = upload_ahead(u, &blob->why);
	oci_session_abandon(&u->session, u->client);
	/* Frees the spool's space as early as possible. A blob that the
	 * registry claims to have keeps its source, because it may have to be
	 * uploaded after all. */
	if (!complete || blob->status || u->dry_run ||
	    u->result != OCI_UPLOAD_PRESENT)
		drop_source(blob);
	if (blob->status)
		atomic_store(&owner->stop, true);
}

void oci_blob_upload_free(struct oci_blob_upload *blob)
{
	drop_source(blob);
	free(blob->upload.from);
	free(blob);
}
