/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that are the same for every kind of store. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "document/artifact.h"
#include "io/digest.h"
#include "io/file.h"
#include "store/counted.h"
#include "store/walk.h"

bool oci_store_same(const struct oci_store *a, const struct oci_store *b)
{
	return a == b || (a->ops == b->ops && a->ops->same &&
			  a->ops->same(a, b));
}

static int note_failure(struct oci_store *store, int rc)
{
	store->failed |= rc != 0;
	return rc;
}

int oci_store_has(bool *out, struct oci_store *store,
		  const struct oci_digest *digest, struct oci_error *err)
{
	*out = false;
	return note_failure(store, store->ops->has(out, store, digest, err));
}

int oci_store_open(struct oci_source **out, struct oci_store *store,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err)
{
	struct oci_source *raw;
	int rc;

	*out = NULL;
	rc = store->ops->open(&raw, store, descriptor, err);
	if (rc)
		return rc;
	rc = oci_checked_open(&raw, raw, &descriptor->digest, descriptor->size,
			      err);
	if (!rc && store->progress &&
	    !oci_media_is_document(descriptor->media_type))
		rc = oci_counted_open(&raw, raw, descriptor, store->progress,
				      store->progress_data, err);
	if (!rc)
		*out = raw;
	return rc;
}

static int read_all(struct oci_buf *buf, struct oci_source *source,
		    struct oci_error *err)
{
	char data[16 * 1024];
	size_t got;
	int rc;

	do {
		rc = oci_source_read(&got, source, data, sizeof(data), err);
		if (!rc)
			rc = oci_buf_add(buf, data, got, err);
	} while (!rc && got);
	return rc;
}

int oci_store_read(char **out, struct oci_store *store,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err)
{
	struct oci_source *source;
	struct oci_buf buf;
	int rc;

	*out = NULL;
	if (descriptor->size > OCI_DOCUMENT_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"document %s has %llu bytes, the most is %u",
				descriptor->digest.text,
				(unsigned long long)descriptor->size,
				OCI_DOCUMENT_MAX);
	rc = oci_store_open(&source, store, descriptor, err);
	if (rc)
		return rc;
	oci_buf_init(&buf, OCI_DOCUMENT_MAX);
	rc = read_all(&buf, source, err);
	if (!rc)
		rc = oci_buf_detach(out, &buf, err);
	oci_buf_release(&buf);
	oci_source_free(source);
	return rc;
}

static int fail_read_only(struct oci_error *err)
{
	return oci_fail(err, OCI_E_UNSUPPORTED, "the store is read-only");
}

int oci_store_create_known(struct oci_sink **out, struct oci_store *store,
			   const struct oci_digest *digest,
			   struct oci_error *err)
{
	*out = NULL;
	if (!store->ops->create)
		return fail_read_only(err);
	return note_failure(store, store->ops->create(out, store, digest, err));
}

int oci_store_create(struct oci_sink **out, struct oci_store *store,
		     struct oci_error *err)
{
	return oci_store_create_known(out, store, NULL, err);
}

int oci_store_add(struct oci_store *store, struct oci_sink *blob,
		  const struct oci_digest *digest, uint64_t size,
		  struct oci_error *err)
{
	if (!store->ops->add)
		return fail_read_only(err);
	return note_failure(store,
			    store->ops->add(store, blob, digest, size, err));
}

int oci_store_put(struct oci_descriptor *out, struct oci_store *store,
		  const void *data, size_t size, struct oci_error *err)
{
	struct oci_sink *blob;
	bool same = false;
	/* An existing digest keeps its algorithm. */
	int rc = oci_digest_like(&out->digest, &out->digest, data, size, err);

	if (rc)
		return rc;
	out->size = size;
	if (store->ops->put && oci_media_is_document(out->media_type))
		return note_failure(store,
				    store->ops->put(store, out, data, err));
	if (store->ops->same_bytes)
		rc = store->ops->same_bytes(&same, store, &out->digest, data,
					    size, err);
	if (rc || same)
		return rc;
	rc = oci_store_create_known(&blob, store, &out->digest, err);
	if (rc)
		return rc;
	rc = oci_sink_write(blob, data, size, err);
	if (!rc)
		rc = oci_store_add(store, blob, &out->digest, size, err);
	oci_sink_free(blob);
	return rc;
}

int oci_store_add_present(struct oci_store *store,
			  const struct oci_digest *digest, uint64_t size,
			  struct oci_error *err)
{
	return store->ops->add_present
		       ? note_failure(store, store->ops->add_present(
						     store, digest, size, err))
		       : 0;
}

int oci_store_add_file(struct oci_store *store, int fd,
		       const struct oci_digest *digest, uint64_t size,
		       struct oci_error *err)
{
	struct oci_source *source;
	struct oci_sink *sink = NULL;
	int rc;

	if (store->ops->add_file)
		return note_failure(
			store,
			store->ops->add_file(store, fd, digest, size, err));
	rc = oci_source_own_fd(&source, fd, err);
	if (rc)
		return rc;
	rc = oci_store_create_known(&sink, store, digest, err);
	if (!rc)
		rc = oci_source_copy(NULL, source, sink, err);
	if (!rc)
		rc = oci_store_add(store, sink, digest, size, err);
	oci_sink_free(sink);
	oci_source_free(source);
	return rc;
}

const struct oci_descriptors *oci_store_names(const struct oci_store *store)
{
	return &store->index.manifests;
}

void oci_store_watch(struct oci_store *store, volatile const int *cancelled)
{
	store->watch.cancelled = cancelled;
}

void oci_store_progress(struct oci_store *store, oci_progress_fn *progress,
			void *data)
{
	store->progress = progress;
	store->progress_data = data;
}

int oci_store_prepare(struct oci_store *store, struct oci_error *err)
{
	int rc;

	if (!store->ops->commit)
		return fail_read_only(err);
	rc = oci_watch_check(&store->watch, err);
	if (!rc && store->ops->prepare)
		rc = store->ops->prepare(store, err);
	return rc;
}

int oci_store_commit(struct oci_store *store, struct oci_error *err)
{
	int rc;

	if (!store->ops->commit)
		return fail_read_only(err);
	rc = oci_watch_check(&store->watch, err);
	return rc ? rc : store->ops->commit(store, err);
}

void oci_store_free(struct oci_store *store)
{
	if (!store)
		return;
	oci_index_release(&store->index);
	oci_names_forget(store);
	store->ops->free(store);
}

int oci_store_blobs(struct oci_store *store, oci_blob_fn *visit, void *data,
		    struct oci_error *err)
{
	return store->ops->blobs(store, visit, data, err);
}
