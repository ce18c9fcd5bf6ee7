/* SPDX-License-Identifier: Apache-2.0 */
/* Referrers in stores without a list of their own, such as layouts. */
#include "store/referrers.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "document/artifact.h"
#include "document/document.h"
#include "store/store.h"
#include "store/walk.h"

/* index.json may name many images, so these limits are higher. */
enum { DOCUMENTS_MAX = 1000 * 1000 };
#define BYTES_MAX (UINT64_C(4) << 30)

/* Adds the artifact type and all annotations to the descriptor. */
static int describe(struct oci_descriptor *out,
		    const struct oci_descriptor *from,
		    const char *artifact_type,
		    const struct oci_pairs *annotations, struct oci_error *err)
{
	int rc;

	out->digest = from->digest;
	out->size = from->size;
	rc = oci_text_set(&out->media_type, from->media_type, err);
	if (!rc && artifact_type)
		rc = oci_text_set(&out->artifact_type, artifact_type, err);
	if (!rc)
		rc = oci_pairs_merge(&out->annotations, annotations->items,
				     annotations->count, err);
	return rc;
}

int oci_referrer_describe(struct oci_descriptor *out,
			  struct oci_digest *subject,
			  const struct oci_descriptor *from, const char *text,
			  struct oci_error *err)
{
	struct oci_document document;
	const struct oci_manifest *m = &document.manifest;
	const struct oci_index *index = &document.index;
	int rc;

	*out = (struct oci_descriptor){ 0 };
	*subject = (struct oci_digest){ 0 };
	if (!oci_media_is_document(from->media_type))
		return 0;
	rc = oci_document_parse(&document, text, from, err);
	if (rc)
		return rc;
	if (m->has_subject) {
		*subject = m->subject.digest;
		rc = describe(out, from,
			      m->artifact_type ? m->artifact_type
					       : m->config.media_type,
			      &m->annotations, err);
	} else if (index->has_subject) {
		*subject = index->subject.digest;
		rc = describe(out, from, index->artifact_type,
			      &index->annotations, err);
	}
	oci_document_release(&document);
	return rc;
}

static int add_if(struct oci_attached *out, struct oci_walk *walk,
		  struct oci_store *store, const struct oci_descriptor *d,
		  struct oci_error *err)
{
	struct oci_descriptor found;
	struct oci_digest subject;
	bool first;
	char *text;
	int rc = oci_walk_first(&first, walk, &d->digest, err);

	if (rc || !first)
		return rc;
	rc = oci_walk_read(&text, walk, store, d, err);
	if (rc)
		return rc;
	rc = oci_referrer_describe(&found, &subject, d, text, err);
	if (!rc && subject.text[0])
		rc = oci_strings_add(&out->subjects, subject.text, err);
	if (!rc && subject.text[0])
		rc = oci_descriptors_add(&out->list, &found, err);
	oci_descriptor_release(&found);
	free(text);
	return rc;
}

/* Reads every document that index.json names, once. */
static int read_all(struct oci_attached *out, struct oci_store *store,
		    struct oci_error *err)
{
	const struct oci_descriptors *list = &store->index.manifests;
	struct oci_walk walk = {
		.max_documents = DOCUMENTS_MAX, .max_bytes = BYTES_MAX,
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++)
		if (oci_media_is_document(list->items[i].media_type))
			rc = add_if(out, &walk, store, &list->items[i], err);
	oci_walk_release(&walk);
	out->read = !rc;
	return rc;
}

int oci_store_referrers(struct oci_descriptors *out,
			struct oci_attached *attached, struct oci_store *store,
			const struct oci_digest *subject,
			struct oci_error *err)
{
	int rc = 0;

	if (store->ops->referrers)
		return store->ops->referrers(out, store, subject, err);
	if (!attached->read)
		rc = read_all(attached, store, err);
	for (size_t i = 0; !rc && i < attached->list.count; i++)
		if (strcmp(attached->subjects.items[i], subject->text) == 0)
			rc = oci_descriptors_add(
				out, &attached->list.items[i], err);
	return rc;
}

void oci_attached_release(struct oci_attached *attached)
{
	oci_descriptors_release(&attached->list);
	oci_strings_release(&attached->subjects);
}
