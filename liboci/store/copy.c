/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies an image from one store to another. All documents are read first and
 * name the blobs. Then blobs are copied in parallel, and then documents,
 * children before parents.
 */
#include <oci/copy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/progress.h"
#include "io/pool.h"
#include "io/watched.h"
#include "store/closure.h"
#include "store/referrers.h"
#include "store/store.h"

struct copy {
	struct oci_store *to;
	struct oci_store *from;
	const struct oci_copy_options *options;
	struct oci_closure all;
	struct oci_watch watch;
};

/* The copy of one blob. */
struct transfer {
	struct oci_task task;		/* first: a task is a transfer */
	struct copy *copy;
	const struct oci_descriptor *blob;
	struct oci_sink *sink;		/* owned; of the other store */
	int status;
	struct oci_error why;
};

static void run_transfer(struct oci_task *task, unsigned worker)
{
	struct transfer *t = (struct transfer *)task;
	struct oci_sink *watched;

	(void)worker;
	t->status = oci_watched_open(&watched, t->sink, &t->copy->watch,
				     &t->why);
	if (!t->status)
		t->status = oci_store_fetch(t->copy->from, t->blob, watched,
					    &t->why);
	oci_sink_free(watched);
}

static int report(struct copy *c, const struct oci_descriptor *blob,
		  uint64_t done, struct oci_error *err)
{
	const struct oci_progress progress = {
		.what = blob->digest.text,
		.done = done,
		.total = blob->size,
		.activity = OCI_ACTIVITY_COPY,
		.ended = done == blob->size,
	};

	oci_progress_tell(c->options->progress, c->options->progress_data,
			  &progress);
	return oci_watch_check(&c->watch, err);
}

/* Ends the transfer of a slot, if there is one. */
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
		rc = report(c, t->blob, t->blob->size, err);
	t->sink = NULL;
	t->blob = NULL;
	return rc;
}

static int start_transfer(struct copy *c, struct oci_pool *pool,
			  struct transfer *t,
			  const struct oci_descriptor *blob,
			  struct oci_error *err)
{
	int rc = oci_store_create_known(&t->sink, c->to, &blob->digest, err);

	if (rc)
		return rc;
	t->task.run = run_transfer;
	t->copy = c;
	t->blob = blob;
	oci_pool_give(pool, &t->task);
	return 0;
}

/* Uses the slots in turn: blobs are added in document order. */
static int run_transfers(struct copy *c, struct oci_pool *pool,
			 struct transfer *slots, size_t count,
			 struct oci_error *err)
{
	size_t next = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < c->all.blobs.count; i++) {
		const struct oci_descriptor *blob = &c->all.blobs.items[i];
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

/* Stores with `import` read the blobs themselves. */
static int import_blobs(struct copy *c, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->all.blobs.count; i++) {
		const struct oci_descriptor *blob = &c->all.blobs.items[i];

		rc = c->to->ops->import(c->to, blob, c->from, err);
		if (!rc)
			rc = report(c, blob, 0, err);
	}
	return rc;
}

static int copy_blobs(struct copy *c, struct oci_error *err)
{
	const struct oci_store_ops *ops = c->to->ops;
	bool held = false;
	int rc = ops->holds ? ops->holds(&held, c->to, &c->all, err) : 0;

	if (rc || held)
		return rc;
	return ops->import ? import_blobs(c, err) : transfer_blobs(c, err);
}

static int write_documents(struct copy *c, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->all.documents.count; i++) {
		struct oci_descriptor d;

		rc = oci_descriptor_copy(&d, &c->all.documents.items[i], err);
		if (!rc)
			rc = oci_store_put(&d, c->to, c->all.texts.items[i],
					   (size_t)d.size, err);
		oci_descriptor_release(&d);
	}
	return rc;
}

/* Returns the text of one of the documents, or NULL. */
static const char *text_of(const struct oci_closure *all,
			   const struct oci_digest *digest)
{
	for (size_t i = 0; i < all->documents.count; i++)
		if (oci_digest_equal(&all->documents.items[i].digest, digest))
			return all->texts.items[i];
	return NULL;
}

/* Checks, before anything is written, that `to` loses no signatures. */
static int keep_signatures(struct copy *c, struct oci_error *err)
{
	const struct oci_descriptors *list = &c->all.tagged;
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		const char *text = text_of(&c->all, &list->items[i].digest);
		const char *tag = c->all.tags.items[i];

		rc = text ? oci_signatures_copy_tag(c->to, tag, &list->items[i],
						    text, err)
			  : oci_fail(err, OCI_E_INVALID,
				     "tag %s should hold signatures, but leads "
				     "to no manifest: remove it, or copy "
				     "without --referrers",
				     tag);
	}
	return rc;
}

/* In a layout, index.json names the referrers; a registry lists them itself.
 * Signatures with tags keep their tags. */
static int list_referrers(struct copy *c, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->all.referrers.count; i++)
		rc = oci_store_tag(c->to, NULL, &c->all.referrers.items[i],
				   err);
	for (size_t i = 0; !rc && i < c->all.tagged.count; i++) {
		struct oci_reference name = {0};

		snprintf(name.tag, sizeof(name.tag), "%s",
			 c->all.tags.items[i]);
		rc = oci_store_tag(c->to, &name, &c->all.tagged.items[i], err);
	}
	return rc;
}

int oci_store_copy(struct oci_descriptor *out, struct oci_store *to,
		   struct oci_store *from, const struct oci_descriptor *image,
		   const struct oci_copy_options *options,
		   struct oci_error *err)
{
	static const struct oci_copy_options usual = OCI_COPY_OPTIONS_INIT;
	struct oci_copy_options o;
	struct copy c = { .to = to, .from = from, .options = &o };
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	c.watch.cancelled = c.options->cancelled;
	to->referrers |= c.options->referrers;
	if (c.options->platform)
		rc = oci_store_manifest(out, from, image, c.options->platform,
					err);
	else
		rc = oci_descriptor_copy(out, image, err);
	if (rc)
		return rc;
	rc = oci_closure_read(&c.all, from, out, c.options->referrers,
			      &c.watch, err);
	if (rc == OCI_E_NOT_FOUND && oci_media_is_index(out->media_type))
		rc = oci_advise(err, rc,
				"an index may lack some of its images: "
				"--platform copies one that it has");
	if (!rc)
		rc = oci_closure_drop_foreign(&c.all, from, c.options, err);
	if (!rc)
		rc = keep_signatures(&c, err);
	if (!rc)
		rc = copy_blobs(&c, err);
	if (!rc)
		rc = write_documents(&c, err);
	if (!rc)
		rc = list_referrers(&c, err);
	oci_closure_release(&c.all);
	if (rc)
		oci_descriptor_release(out);
	return rc;
}
