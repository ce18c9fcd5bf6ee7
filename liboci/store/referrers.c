/* SPDX-License-Identifier: Apache-2.0 */
/* Referrers in stores that list all of their manifests. */
#include "store/referrers.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

static int describe(struct oci_descriptor *out,
		    const struct oci_descriptor *from,
		    const struct oci_manifest *m, struct oci_error *err)
{
	int rc;

	out->digest = from->digest;
	out->size = from->size;
	rc = oci_text_set(&out->media_type, from->media_type, err);
	if (!rc)
		rc = oci_text_set(&out->artifact_type, m->artifact_type ?
				  m->artifact_type : m->config.media_type,
				  err);
	for (size_t i = 0; !rc && i < m->annotations.count; i++)
		rc = oci_pairs_set(&out->annotations,
				   m->annotations.items[i].key,
				   m->annotations.items[i].value, err);
	return rc;
}

int oci_referrer_describe(struct oci_descriptor *out,
			  struct oci_digest *subject,
			  const struct oci_descriptor *from, const char *text,
			  struct oci_error *err)
{
	struct oci_manifest m;
	int rc;

	*out = (struct oci_descriptor){0};
	*subject = (struct oci_digest){0};
	if (!oci_media_is_manifest(from->media_type))
		return 0;
	rc = oci_manifest_parse(&m, text, (size_t)from->size,
				from->media_type, err);
	if (rc)
		return rc;
	if (m.has_subject) {
		*subject = m.subject.digest;
		rc = describe(out, from, &m, err);
	}
	oci_manifest_release(&m);
	return rc;
}

static int add_if(struct oci_descriptors *out, struct oci_store *store,
		  const struct oci_descriptor *d,
		  const struct oci_digest *wanted, struct oci_error *err)
{
	struct oci_descriptor found;
	struct oci_digest subject;
	char *text;
	int rc = oci_store_read(&text, store, d, err);

	if (rc)
		return rc;
	rc = oci_referrer_describe(&found, &subject, d, text, err);
	if (!rc && subject.text[0] && oci_digest_equal(&subject, wanted))
		rc = oci_descriptors_add(out, &found, err);
	oci_descriptor_release(&found);
	free(text);
	return rc;
}

int oci_store_referrers(struct oci_descriptors *out, struct oci_store *store,
			const struct oci_digest *subject,
			struct oci_error *err)
{
	const struct oci_descriptors *list = &store->index.manifests;
	int rc = 0;

	if (store->ops->referrers)
		return store->ops->referrers(out, store, subject, err);
	for (size_t i = 0; !rc && i < list->count; i++)
		if (oci_media_is_manifest(list->items[i].media_type))
			rc = add_if(out, store, &list->items[i], subject, err);
	return rc;
}
