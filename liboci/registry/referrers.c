/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The referrers tag: an index under ALG-HEX that a client keeps, because the
 * registry does not. Two clients may keep it at the same time: after writing,
 * it is read again, and written once more where the entry is gone.
 */
#include "registry/referrers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oci/manifest.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/fetch.h"

enum { ATTEMPTS = 3, HEX_MAX = 64 };

/* ALG-HEX, where more than 64 digits are cut off: tags are short. */
static void name_tag(char tag[OCI_DIGEST_TEXT],
		     const struct oci_digest *subject)
{
	size_t algorithm = strcspn(subject->text, ":");

	snprintf(tag, OCI_DIGEST_TEXT, "%.*s-%.*s", (int)algorithm,
		 subject->text, HEX_MAX, subject->text + algorithm + 1);
}

/* What its entry has beside the digest: the artifact type, and all of the
 * annotations. */
static int fill(struct oci_descriptor *out, const struct oci_descriptor *from,
		const char *artifact_type, const struct oci_pairs *annotations,
		struct oci_error *err)
{
	int rc = oci_text_set(&out->media_type, from->media_type, err);

	out->digest = from->digest;
	out->size = from->size;
	if (!rc && artifact_type)
		rc = oci_text_set(&out->artifact_type, artifact_type, err);
	for (size_t i = 0; !rc && i < annotations->count; i++)
		rc = oci_pairs_set(&out->annotations, annotations->items[i].key,
				   annotations->items[i].value, err);
	return rc;
}

static int describe_manifest(struct oci_descriptor *out, bool *subject,
			     char tag[OCI_DIGEST_TEXT],
			     const struct oci_descriptor *from,
			     const char *text, struct oci_error *err)
{
	struct oci_manifest m;
	int rc = oci_manifest_parse(&m, text, (size_t)from->size,
				    from->media_type, err);

	if (rc)
		return rc;
	*subject = m.has_subject;
	if (m.has_subject) {
		name_tag(tag, &m.subject.digest);
		rc = fill(out, from, m.artifact_type ? m.artifact_type :
			  m.config.media_type, &m.annotations, err);
	}
	oci_manifest_release(&m);
	return rc;
}

static int describe_index(struct oci_descriptor *out, bool *subject,
			  char tag[OCI_DIGEST_TEXT],
			  const struct oci_descriptor *from, const char *text,
			  struct oci_error *err)
{
	struct oci_index index;
	int rc = oci_index_parse(&index, text, (size_t)from->size,
				 from->media_type, err);

	if (rc)
		return rc;
	*subject = index.has_subject;
	if (index.has_subject) {
		name_tag(tag, &index.subject.digest);
		rc = fill(out, from, index.artifact_type, &index.annotations,
			  err);
	}
	oci_index_release(&index);
	return rc;
}

/* The entry of a manifest or index, where it has a subject. */
static int describe(struct oci_descriptor *out, bool *subject,
		    char tag[OCI_DIGEST_TEXT],
		    const struct oci_descriptor *from, const char *text,
		    struct oci_error *err)
{
	*out = (struct oci_descriptor){0};
	*subject = false;
	if (oci_media_is_manifest(from->media_type))
		return describe_manifest(out, subject, tag, from, text, err);
	if (oci_media_is_index(from->media_type))
		return describe_index(out, subject, tag, from, text, err);
	return 0;
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
