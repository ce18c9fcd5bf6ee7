/* SPDX-License-Identifier: Apache-2.0 */
#include "store/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "document/artifact.h"
#include "document/document.h"

enum { DOCUMENTS_MAX = 10 * 1000, BYTES_MAX = 64 * 1024 * 1024 };

int oci_walk_first(bool *first, struct oci_walk *walk,
		   const struct oci_digest *digest, struct oci_error *err)
{
	size_t size = strlen(digest->text);
	const char *key;

	*first = !oci_table_get(&walk->seen, digest->text, size);
	if (!*first)
		return 0;
	key = oci_arena_text(&walk->arena, digest->text);
	if (!key)
		return oci_fail_nomem(err);
	return oci_table_set(&walk->seen, key, size, walk, err);
}

int oci_walk_count(struct oci_walk *walk,
		   const struct oci_descriptor *descriptor,
		   struct oci_error *err)
{
	size_t documents =
		walk->max_documents ? walk->max_documents : DOCUMENTS_MAX;
	uint64_t bytes = walk->max_bytes ? walk->max_bytes : BYTES_MAX;
	/* A larger document is not read. */
	uint64_t size =
		descriptor->size > OCI_DOCUMENT_MAX ? 0 : descriptor->size;

	if (walk->documents == documents)
		return oci_fail(err, OCI_E_LIMIT,
				"it leads to more than %zu "
				"documents, the most that are read",
				documents);
	if (size > bytes - walk->bytes)
		return oci_fail(err, OCI_E_LIMIT,
				"its documents have more "
				"than %llu MiB, the most that are read",
				(unsigned long long)(bytes >> 20));
	walk->documents++;
	walk->bytes += size;
	return oci_watch_check(walk->watch, err);
}

int oci_walk_read(char **out, struct oci_walk *walk, struct oci_store *store,
		  const struct oci_descriptor *descriptor,
		  struct oci_error *err)
{
	int rc = oci_walk_count(walk, descriptor, err);

	*out = NULL;
	return rc ? rc : oci_store_read(out, store, descriptor, err);
}

/* The arguments of oci_walk_run. */
struct run {
	struct oci_walk *walk;
	struct oci_store *store;
	const struct oci_walk_options *options;
};

static int call(oci_visit_fn *fn, const struct run *run,
		const struct oci_visit *visit, struct oci_error *err)
{
	return fn ? fn(run->options->data, visit, err) : 0;
}

static int visit_one(const struct run *run,
		     const struct oci_descriptor *descriptor,
		     const struct oci_descriptor *parent, unsigned depth,
		     struct oci_error *err);

static int visit_members(const struct run *run, const struct oci_visit *visit,
			 struct oci_error *err)
{
	const struct oci_descriptors *list =
		visit->index ? &visit->index->manifests : NULL;
	int rc = 0;

	for (size_t i = 0; !rc && list && i < list->count; i++)
		rc = visit_one(run, &list->items[i], visit->descriptor,
			       visit->depth + 1, err);
	return rc;
}

static int read_document(const struct run *run, struct oci_visit *visit,
			 struct oci_error *err)
{
	const struct oci_descriptor *d = visit->descriptor;
	struct oci_document document = { 0 };
	struct oci_error why;
	char *json;
	int rc = oci_store_read(&json, run->store, d, &why);

	if (!rc)
		rc = oci_document_parse(&document, json, d, &why);
	visit->json = json;
	visit->status = rc;
	if (!rc && document.is_index)
		visit->index = &document.index;
	else if (!rc)
		visit->manifest = &document.manifest;
	/* The function may decide that the failure is none. */
	if (!rc || run->options->read)
		rc = call(run->options->read, run, visit, &why);
	if (rc && err)
		*err = why;
	if (!rc && !visit->status)
		rc = visit_members(run, visit, err);
	if (!rc && !visit->status)
		rc = call(run->options->leave, run, visit, err);
	oci_document_release(&document);
	free(json);
	return rc;
}

static int visit_one(const struct run *run,
		     const struct oci_descriptor *descriptor,
		     const struct oci_descriptor *parent, unsigned depth,
		     struct oci_error *err)
{
	const char *digest = descriptor->digest.text;
	struct oci_visit visit = {
		.descriptor = descriptor,
		.parent = parent,
		.depth = depth,
		.first = !oci_table_get(&run->walk->seen, digest,
					strlen(digest)),
	};
	int rc = call(run->options->enter, run, &visit, err);

	if (rc || !visit.first ||
	    !oci_media_is_document(descriptor->media_type))
		return rc == OCI_WALK_PAST ? 0 : rc;
	if (depth > OCI_NESTING_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"indexes are nested more than %d deep",
				OCI_NESTING_MAX);
	rc = oci_walk_first(&visit.first, run->walk, &descriptor->digest, err);
	if (!rc)
		rc = oci_walk_count(run->walk, descriptor, err);
	return rc ? rc : read_document(run, &visit, err);
}

int oci_walk_run(struct oci_walk *walk, struct oci_store *store,
		 const struct oci_descriptor *image,
		 const struct oci_walk_options *options, struct oci_error *err)
{
	struct run run = { walk, store, options };

	return visit_one(&run, image, NULL, 0, err);
}

int oci_image_walk(struct oci_store *store, const struct oci_descriptor *image,
		   const struct oci_walk_options *options,
		   struct oci_error *err)
{
	static const struct oci_walk_options usual = OCI_WALK_OPTIONS_INIT;
	struct oci_watch watch = { 0 };
	struct oci_walk walk = { .watch = &watch };
	struct oci_walk_options o;
	int rc;

	oci_options_read(&o, sizeof(o), &usual, options);
	watch.cancelled = o.cancelled;
	rc = oci_walk_run(&walk, store, image, &o, err);
	oci_walk_release(&walk);
	return rc;
}

void oci_walk_release(struct oci_walk *walk)
{
	oci_table_release(&walk->seen);
	oci_arena_release(&walk->arena);
}
