/* SPDX-License-Identifier: Apache-2.0 */
#include "store/closure.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "document/artifact.h"
#include "store/referrers.h"
#include "store/store.h"
#include "store/walk.h"

struct closure {
	struct oci_closure *out;
	struct oci_store *from;
	struct oci_walk walk;		/* of documents and blobs */
	struct oci_walk listed;		/* of referrers */
};

static int add_blob(struct closure *c, const struct oci_descriptor *d,
		    struct oci_error *err)
{
	bool first;
	int rc = oci_walk_first(&first, &c->walk, &d->digest, err);

	if (!rc && oci_media_is_document(d->media_type))
		rc = oci_fail(err, OCI_E_INVALID,
			      "a manifest has the manifest %s as a layer",
			      d->digest.text);
	return rc || !first ? rc : oci_descriptors_add(&c->out->blobs, d, err);
}

static int enter(void *data, const struct oci_visit *visit,
		 struct oci_error *err)
{
	return oci_media_is_document(visit->descriptor->media_type)
		       ? 0
		       : add_blob(data, visit->descriptor, err);
}

static int read_blobs(void *data, const struct oci_visit *visit,
		      struct oci_error *err)
{
	const struct oci_manifest *manifest = visit->manifest;
	int rc = visit->status;

	for (size_t i = 0; !rc && manifest && i < manifest->layers.count; i++)
		rc = add_blob(data, &manifest->layers.items[i], err);
	if (!rc && manifest &&
	    !oci_media_is_artifact(visit->descriptor->media_type))
		rc = add_blob(data, &manifest->config, err);
	return rc;
}

static int keep_document(void *data, const struct oci_visit *visit,
			 struct oci_error *err)
{
	struct closure *c = data;
	const struct oci_descriptor *d = visit->descriptor;
	int rc;

	if (strlen(visit->json) != d->size)
		return oci_fail(err, OCI_E_INVALID, "document %s has a NUL",
				d->digest.text);
	rc = oci_descriptors_add(&c->out->documents, d, err);
	return rc ? rc : oci_strings_add(&c->out->texts, visit->json, err);
}

static int read_any(struct closure *c, const struct oci_descriptor *d,
		    struct oci_error *err)
{
	const struct oci_walk_options options = {
		.enter = enter,
		.read = read_blobs,
		.leave = keep_document,
		.data = c,
	};

	return oci_walk_run(&c->walk, c->from, d, &options, err);
}

static int add_tagged(struct closure *c, const char *tag,
		      struct oci_error *err)
{
	struct oci_descriptor d;
	char *text;
	int rc = oci_store_find_tag(&d, &text, c->from, tag, err);

	free(text);
	if (rc == OCI_E_NOT_FOUND)
		return 0;
	if (!rc)
		rc = read_any(c, &d, err);
	if (!rc)
		rc = oci_strings_add(&c->out->tags, tag, err);
	if (!rc)
		rc = oci_descriptors_add(&c->out->tagged, &d, err);
	oci_descriptor_release(&d);
	return rc ? oci_wrap(err, rc, "tag %s", tag) : 0;
}

static int read_tagged(struct closure *c, const struct oci_digest *subject,
		       struct oci_error *err)
{
	char tag[OCI_SIGNATURE_TAG];
	int rc = 0;

	for (size_t i = 0; !rc && oci_signature_tag(tag, subject, i); i++)
		if (strlen(tag) < OCI_REFERENCE_TAG)
			rc = add_tagged(c, tag, err);
	return rc;
}

static int read_listed(struct closure *c, struct oci_attached *attached,
		       const struct oci_digest *subject, struct oci_error *err)
{
	struct oci_descriptors list = {0};
	int rc = oci_store_referrers(&list, attached, c->from, subject, err);

	for (size_t i = 0; !rc && i < list.count; i++) {
		bool first;

		rc = oci_walk_first(&first, &c->listed,
				    &list.items[i].digest, err);
		if (!rc && first)
			rc = read_any(c, &list.items[i], err);
		if (!rc && first)
			rc = oci_descriptors_add(&c->out->referrers,
						 &list.items[i], err);
	}
	oci_descriptors_release(&list);
	return rc;
}

/* What refers to a document is a document too: the list grows meanwhile. */
static int read_referrers(struct closure *c, struct oci_error *err)
{
	struct oci_attached attached = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < c->out->documents.count; i++) {
		struct oci_digest subject = c->out->documents.items[i].digest;

		rc = read_listed(c, &attached, &subject, err);
		if (!rc)
			rc = read_tagged(c, &subject, err);
	}
	oci_attached_release(&attached);
	return rc;
}

int oci_closure_read(struct oci_closure *out, struct oci_store *store,
		     const struct oci_descriptor *image, bool referrers,
		     const struct oci_watch *watch, struct oci_error *err)
{
	struct closure c = {
		.out = out, .from = store, .walk = { .watch = watch },
	};
	int rc;

	*out = (struct oci_closure){0};
	rc = read_any(&c, image, err);
	if (!rc && referrers)
		rc = read_referrers(&c, err);
	oci_walk_release(&c.walk);
	oci_walk_release(&c.listed);
	return rc;
}

void oci_closure_release(struct oci_closure *closure)
{
	oci_descriptors_release(&closure->documents);
	oci_strings_release(&closure->texts);
	oci_descriptors_release(&closure->blobs);
	oci_descriptors_release(&closure->referrers);
	oci_descriptors_release(&closure->tagged);
	oci_strings_release(&closure->tags);
}
