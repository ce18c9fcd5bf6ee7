/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From one store to another. Documents are read first, all the way down, and
 * say which blobs there are; blobs go over side by side; documents follow,
 * children before parents.
 */
#include <oci/copy.h>

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/table.h"
#include "io/digest.h"
#include "io/pool.h"
#include "store/store.h"

enum { NESTING_MAX = 8 };

struct copy {
	struct oci_store *to;
	struct oci_store *from;
	const struct oci_copy_options *options;
	struct oci_descriptors documents;	/* children before parents */
	struct oci_strings texts;		/* beside them */
	struct oci_descriptors blobs;
	struct oci_table seen;			/* digests of both */
	struct oci_strings digests;		/* the table's keys */
};

static int mark(bool *first, struct copy *c, const struct oci_digest *digest,
		struct oci_error *err)
{
	size_t size = strlen(digest->text);
	int rc;

	*first = !oci_table_get(&c->seen, digest->text, size);
	if (!*first)
		return 0;
	rc = oci_strings_add(&c->digests, digest->text, err);
	if (rc)
		return rc;
	return oci_table_set(&c->seen, c->digests.items[c->digests.count - 1],
			     size, c, err);
}

static int add_blob(struct copy *c, const struct oci_descriptor *d,
		    struct oci_error *err)
{
	bool first;
	int rc = mark(&first, c, &d->digest, err);

	if (!rc && (oci_media_is_manifest(d->media_type) ||
		    oci_media_is_index(d->media_type)))
		rc = oci_fail(err, OCI_E_INVALID,
			      "a manifest has the manifest %s as a layer",
			      d->digest.text);
	return rc || !first ? rc : oci_descriptors_add(&c->blobs, d, err);
}

static int read_any(struct copy *c, const struct oci_descriptor *d, int depth,
		    struct oci_error *err);

static int read_manifest(struct copy *c, const struct oci_descriptor *d,
			 const char *text, struct oci_error *err)
{
	struct oci_manifest manifest;
	int rc = oci_manifest_parse(&manifest, text, (size_t)d->size,
				    d->media_type, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < manifest.layers.count; i++)
		rc = add_blob(c, &manifest.layers.items[i], err);
	if (!rc)
		rc = add_blob(c, &manifest.config, err);
	oci_manifest_release(&manifest);
	return rc;
}

static int read_index(struct copy *c, const struct oci_descriptor *d,
		      const char *text, int depth, struct oci_error *err)
{
	struct oci_index index;
	int rc = oci_index_parse(&index, text, (size_t)d->size, d->media_type,
				 err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = read_any(c, &index.manifests.items[i], depth + 1, err);
	oci_index_release(&index);
	return rc;
}

static int keep_document(struct copy *c, const struct oci_descriptor *d,
			 const char *text, struct oci_error *err)
{
	int rc;

	if (strlen(text) != d->size)
		return oci_fail(err, OCI_E_INVALID, "document %s has a NUL",
				d->digest.text);
	rc = oci_descriptors_add(&c->documents, d, err);
	return rc ? rc : oci_strings_add(&c->texts, text, err);
}

static int read_any(struct copy *c, const struct oci_descriptor *d, int depth,
		    struct oci_error *err)
{
	bool index = oci_media_is_index(d->media_type);
	bool first;
	char *text;
	int rc;

	if (!index && !oci_media_is_manifest(d->media_type))
		return add_blob(c, d, err);
	if (depth > NESTING_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"indexes are nested more than %d deep",
				NESTING_MAX);
	rc = mark(&first, c, &d->digest, err);
	if (rc || !first)
		return rc;
	rc = oci_store_read(&text, c->from, d, err);
	if (!rc && index)
		rc = read_index(c, d, text, depth, err);
	else if (!rc)
		rc = read_manifest(c, d, text, err);
	if (!rc)
		rc = keep_document(c, d, text, err);
	free(text);
	return rc;
}

/* One blob on its way. */
struct transfer {
	struct oci_task task;		/* first: a task is a transfer */
	struct copy *copy;
	const struct oci_descriptor *blob;
	struct oci_sink *sink;		/* owned; of the other store */
	int status;
	struct oci_error why;
};

/* A sink that checks what passes, for sources that do not check. */
static int fetch_checked(struct transfer *t, struct oci_error *err)
{
	struct oci_sink *measure;
	struct oci_digest digest;
	uint64_t size;
	int rc = oci_measure_open(&measure, t->sink, &t->blob->digest, err);

	if (rc)
		return rc;
	rc = t->copy->from->ops->fetch(t->copy->from, t->blob, measure, err);
	if (!rc)
		rc = oci_measure_end(&digest, &size, measure, err);
	if (!rc && (size != t->blob->size ||
		    !oci_digest_equal(&digest, &t->blob->digest)))
		rc = oci_fail(err, OCI_E_CORRUPT,
			      "blob %s came with %llu bytes and the digest %s",
			      t->blob->digest.text, (unsigned long long)size,
			      digest.text);
	oci_sink_free(measure);
	return rc;
}

static int stream(struct transfer *t, struct oci_error *err)
{
	struct oci_source *source;
	int rc;

	if (t->copy->from->ops->fetch)
		return fetch_checked(t, err);
	rc = oci_store_open(&source, t->copy->from, t->blob, err);
	if (rc)
		return rc;
	rc = oci_source_copy(NULL, source, t->sink, err);
	oci_source_free(source);
	return rc;
}

static void run_transfer(struct oci_task *task, unsigned worker)
{
	struct transfer *t = (struct transfer *)task;

	(void)worker;
	t->status = stream(t, &t->why);
}

static int report(struct copy *c, const struct oci_descriptor *blob,
		  struct oci_error *err)
{
	struct oci_progress progress = {
		.what = blob->digest.text,
		.done = blob->size,
		.total = blob->size,
	};

	if (!c->options->progress ||
	    c->options->progress(c->options->progress_data, &progress) == 0)
		return 0;
	return oci_fail(err, OCI_E_CANCELLED, "cancelled");
}

/* Ends the transfer in a slot, if there is one. */
static int end_transfer(struct copy *c, struct oci_pool *pool,
			struct transfer *t, struct oci_error *err)
{
	int rc;

	if (!t->blob)
		return 0;
	oci_pool_wait(pool, &t->task);
	rc = t->status;
	if (rc && err)
		*err = t->why;
	if (!rc)
		rc = oci_store_add(c->to, t->sink, &t->blob->digest,
				   t->blob->size, err);
	oci_sink_free(t->sink);
	if (!rc)
		rc = report(c, t->blob, err);
	t->sink = NULL;
	t->blob = NULL;
	return rc;
}

static int start_transfer(struct copy *c, struct oci_pool *pool,
			  struct transfer *t,
			  const struct oci_descriptor *blob,
			  struct oci_error *err)
{
	int rc = oci_store_create(&t->sink, c->to, err);

	if (rc)
		return rc;
	t->task.run = run_transfer;
	t->copy = c;
	t->blob = blob;
	oci_pool_give(pool, &t->task);
	return 0;
}

/* Slots in turn, so that blobs are added in the order of the documents. */
static int run_transfers(struct copy *c, struct oci_pool *pool,
			 struct transfer *slots, size_t count,
			 struct oci_error *err)
{
	size_t next = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < c->blobs.count; i++) {
		const struct oci_descriptor *blob = &c->blobs.items[i];
		struct transfer *t = &slots[next % count];
		bool has;

		rc = oci_store_has(&has, c->to, &blob->digest, err);
		if (rc || has)
			continue;
		rc = end_transfer(c, pool, t, err);
		if (!rc)
			rc = start_transfer(c, pool, t, blob, err);
		next++;
	}
	for (size_t i = 0; i < count; i++) {
		int ended = end_transfer(c, pool, &slots[(next + i) % count],
					 rc ? NULL : err);

		rc = rc ? rc : ended;
	}
	return rc;
}

static int transfer_blobs(struct copy *c, struct oci_error *err)
{
	unsigned jobs = c->options->jobs ? c->options->jobs : 4;
	struct transfer *slots;
	struct oci_pool *pool;
	int rc;

	if (c->to->ops->one_at_a_time)
		jobs = 1;
	rc = oci_pool_new(&pool, jobs, err);
	if (rc)
		return rc;
	slots = calloc(jobs, sizeof(*slots));
	if (slots)
		rc = run_transfers(c, pool, slots, jobs, err);
	else
		rc = oci_fail_nomem(err);
	oci_pool_free(pool);
	free(slots);
	return rc;
}

/* Stores that read their blobs themselves get sources. */
static int import_blobs(struct copy *c, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->blobs.count; i++) {
		const struct oci_descriptor *blob = &c->blobs.items[i];
		struct oci_source *source;

		rc = oci_lazy_open(&source, c->from, blob, err);
		if (!rc)
			rc = c->to->ops->import(c->to, blob, source, err);
	}
	return rc;
}

static int write_documents(struct copy *c, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->documents.count; i++) {
		struct oci_descriptor d;

		rc = oci_descriptor_copy(&d, &c->documents.items[i], err);
		if (!rc)
			rc = oci_store_put(&d, c->to, c->texts.items[i],
					   (size_t)d.size, err);
		oci_descriptor_release(&d);
	}
	return rc;
}

static void release(struct copy *c)
{
	oci_descriptors_release(&c->documents);
	oci_strings_release(&c->texts);
	oci_descriptors_release(&c->blobs);
	oci_table_release(&c->seen);
	oci_strings_release(&c->digests);
}

int oci_store_copy(struct oci_descriptor *out, struct oci_store *to,
		   struct oci_store *from, const struct oci_descriptor *image,
		   const struct oci_copy_options *options,
		   struct oci_error *err)
{
	static const struct oci_copy_options usual = OCI_COPY_OPTIONS_INIT;
	struct copy c = {
		.to = to, .from = from, .options = options ? options : &usual,
	};
	int rc;

	if (c.options->platform)
		rc = oci_store_manifest(out, from, image, c.options->platform,
					err);
	else
		rc = oci_descriptor_copy(out, image, err);
	if (rc)
		return rc;
	rc = read_any(&c, out, 0, err);
	if (!rc)
		rc = to->ops->import ? import_blobs(&c, err) :
				       transfer_blobs(&c, err);
	if (!rc)
		rc = write_documents(&c, err);
	release(&c);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
