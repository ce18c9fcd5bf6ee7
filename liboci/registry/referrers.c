/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The referrers tag: an index under ALG-HEX that a client keeps, because the
 * registry does not. Two clients may keep it at the same time: after writing,
 * it is read again, and written once more where the entry is gone.
 */
#include "registry/referrers.h"

#include <stdlib.h>
#include <string.h>

#include <oci/manifest.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/fetch.h"

enum { ATTEMPTS = 3 };

/* The entry of a manifest: its artifact type and all of its annotations. */
static int describe(struct oci_descriptor *out, bool *subject, char tag[136],
		    const struct oci_descriptor *from, const char *text,
		    struct oci_error *err)
{
	struct oci_manifest m;
	int rc;

	*out = (struct oci_descriptor){0};
	*subject = false;
	if (!oci_media_is_manifest(from->media_type))
		return 0;
	rc = oci_manifest_parse(&m, text, (size_t)from->size,
				from->media_type, err);
	if (rc)
		return rc;
	*subject = m.has_subject;
	out->digest = from->digest;
	out->size = from->size;
	rc = oci_text_set(&out->media_type, from->media_type, err);
	if (!rc)
		rc = oci_text_set(&out->artifact_type, m.artifact_type ?
				  m.artifact_type : m.config.media_type, err);
	for (size_t i = 0; !rc && i < m.annotations.count; i++)
		rc = oci_pairs_set(&out->annotations,
				   m.annotations.items[i].key,
				   m.annotations.items[i].value, err);
	if (m.has_subject) {
		memcpy(tag, m.subject.digest.text, OCI_DIGEST_TEXT);
		tag[strcspn(tag, ":")] = '-';
	}
	oci_manifest_release(&m);
	return rc;
}

/* The index under the tag; an empty one where there is none. */
static int read_index(struct oci_index *out, struct oci_client *client,
		      const char *tag, struct oci_error *err)
{
	struct oci_descriptor d;
	char *text;
	int rc = oci_fetch_manifest(&d, &text, client, tag, err);

	*out = (struct oci_index){0};
	if (rc == OCI_E_NOT_FOUND)
		return oci_text_set(&out->media_type, OCI_MEDIA_INDEX, err);
	if (rc)
		return rc;
	if (oci_media_is_index(d.media_type))
		rc = oci_index_parse(out, text, (size_t)d.size, d.media_type,
				     err);
	else
		rc = oci_fail(err, OCI_E_CONFLICT,
			      "registry %s: tag '%s' is to list referrers, but "
			      "is an image: remove it", client->host, tag);
	if (!rc && !out->media_type)
		rc = oci_text_set(&out->media_type, OCI_MEDIA_INDEX, err);
	oci_descriptor_release(&d);
	free(text);
	return rc;
}

static bool lists(const struct oci_index *index,
		  const struct oci_digest *digest)
{
	for (size_t i = 0; i < index->manifests.count; i++)
		if (oci_digest_equal(&index->manifests.items[i].digest,
				     digest))
			return true;
	return false;
}

static int write_index(struct oci_client *client, const char *tag,
		       const struct oci_index *index, struct oci_error *err)
{
	struct oci_descriptor d = { .media_type = index->media_type };
	char *text;
	int rc = oci_index_format(&text, index, err);

	if (rc)
		return rc;
	d.size = strlen(text);
	rc = oci_digest_data(&d.digest, text, (size_t)d.size, err);
	if (!rc)
		rc = oci_manifest_put(&d, text, tag, client, err);
	free(text);
	return rc;
}

/* One round; *done where the entry was there already. */
static int enter(bool *done, struct oci_client *client, const char *tag,
		 const struct oci_descriptor *entry, struct oci_error *err)
{
	struct oci_index index;
	int rc = read_index(&index, client, tag, err);

	*done = !rc && lists(&index, &entry->digest);
	if (!rc && !*done)
		rc = oci_descriptors_add(&index.manifests, entry, err);
	if (!rc && !*done)
		rc = write_index(client, tag, &index, err);
	oci_index_release(&index);
	return rc;
}

int oci_referrers_add(struct oci_client *client,
		      const struct oci_descriptor *manifest, const char *text,
		      struct oci_error *err)
{
	struct oci_descriptor entry;
	char tag[OCI_DIGEST_TEXT];
	bool subject, done = false;
	int rc = describe(&entry, &subject, tag, manifest, text, err);

	for (int i = 0; !rc && subject && !done && i < ATTEMPTS; i++)
		rc = enter(&done, client, tag, &entry, err);
	oci_descriptor_release(&entry);
	return rc;
}
