/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The referrers tag: an index under ALG-HEX that clients maintain because the
 * registry does not. Several clients may change it at the same time, so it is
 * read again some time after writing, and written once more if an entry is
 * missing.
 */
#include "registry/referrers.h"
#include "registry/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oci/manifest.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/fetch.h"
#include "registry/manifest_put.h"
#include "registry/pages.h"
#include "registry/retry.h"
#include "store/referrers.h"

enum { ATTEMPTS = 20, HEX_MAX = 64, REFERRERS_MAX = 10000 };

/* The tag for "sha256:abc" is "sha256-abc". It has at most 64 digits, because
 * the tag for a SHA-512 would be too long. */
static void tag_of(char tag[OCI_DIGEST_TEXT], const struct oci_digest *subject)
{
	size_t algorithm = strcspn(subject->text, ":");

	memcpy(tag, subject->text, OCI_DIGEST_TEXT);
	if (!tag[algorithm])
		return;
	tag[algorithm] = '-';
	if (strlen(tag) > algorithm + 1 + HEX_MAX)
		tag[algorithm + 1 + HEX_MAX] = '\0';
}

/* Reads the index under the tag; it is empty if there is none. */
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
			      "registry %s: tag '%s' should be an index of "
			      "referrers, but is an image: remove it",
			      client->host, tag);
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
	struct oci_put_answer answer;
	char *text;
	int rc = oci_index_format(&text, index, err);

	if (rc)
		return rc;
	d.size = strlen(text);
	rc = oci_digest_data(&d.digest, text, (size_t)d.size, err);
	if (!rc)
		rc = oci_manifest_put(&answer, &d, text, tag, client, err);
	free(text);
	return rc;
}

/* Adds an entry if the index lacks it. *done: it was there already. */
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

static int enter_manifest(bool *done, struct oci_client *client,
			  const struct oci_descriptor *manifest,
			  const char *text, struct oci_error *err)
{
	struct oci_descriptor entry;
	struct oci_digest subject;
	char tag[OCI_DIGEST_TEXT];
	int rc = oci_referrer_describe(&entry, &subject, manifest, text, err);

	*done = !subject.text[0];
	tag_of(tag, &subject);
	if (!rc && !*done)
		rc = enter(done, client, tag, &entry, err);
	oci_descriptor_release(&entry);
	return rc;
}

/* Adds the missing entries. *left is the number of those that were added and
 * have to be checked again. */
static int enter_all(size_t *left, struct oci_client *client,
		     const struct oci_manifests *manifests, bool *missing,
		     struct oci_error *err)
{
	int rc = 0;

	*left = 0;
	for (size_t i = 0; !rc && i < manifests->list.count; i++) {
		bool done = true;

		if (missing[i])
			rc = enter_manifest(&done, client,
					    &manifests->list.items[i],
					    manifests->texts.items[i], err);
		missing[i] = !done;
		*left += !done;
	}
	return rc;
}

int oci_referrers_add(struct oci_client *client,
		      const struct oci_manifests *manifests, bool *missing,
		      struct oci_error *err)
{
	size_t left = 0;
	int rc = 0;

	for (int i = 0; !rc && (left || !i) && i < ATTEMPTS; i++) {
		int64_t start = oci_clock();

		rc = enter_all(&left, client, manifests, missing, err);
		if (!rc && left)
			rc = oci_client_wait(
				client->registry,
				oci_retry_spread(oci_clock() - start), err);
	}
	if (!rc && left)
		rc = oci_fail(err, OCI_E_CHANGED,
			      "registry %s, repository %s: other runs changed "
			      "the list of referrers %d times meanwhile, and "
			      "%zu are missing: run this again later",
			      client->host, client->repository, ATTEMPTS,
			      left);
	return rc;
}

static int read_page(void *data, const char *text, size_t size,
		     struct oci_error *err)
{
	struct oci_descriptors *out = data;
	struct oci_index index;
	int rc = oci_index_parse(&index, text, size, OCI_MEDIA_INDEX, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = oci_descriptors_add(out, &index.manifests.items[i], err);
	oci_index_release(&index);
	if (!rc && out->count > REFERRERS_MAX)
		rc = oci_fail(err, OCI_E_LIMIT,
			      "there are more than %d, the "
			      "most that are read",
			      REFERRERS_MAX);
	return rc;
}

/* Reads the registry's own list. *found is false if the registry answers 404,
 * which means that it keeps no list. */
static int read_list(bool *found, struct oci_descriptors *out,
		     struct oci_client *client,
		     const struct oci_digest *subject, struct oci_error *err)
{
	char path[OCI_REFERENCE_TEXT + 256], what[OCI_DIGEST_TEXT + 32];
	const struct oci_pages pages = {
		.path = path,
		.what = what,
		.advice = "only status 404 means that a registry keeps no "
			  "list; without --referrers only the image is copied",
		.read = read_page,
		.data = out,
	};

	snprintf(path, sizeof(path), "/v2/%s/referrers/%s", client->repository,
		 subject->text);
	snprintf(what, sizeof(what), "list referrers of %s", subject->text);
	return oci_pages_read(found, client, &pages, err);
}

int oci_referrers_list(struct oci_descriptors *out, struct oci_client *client,
		       const struct oci_digest *subject, struct oci_error *err)
{
	struct oci_index index = {0};
	char tag[OCI_DIGEST_TEXT];
	bool found;
	int rc = read_list(&found, out, client, subject, err);

	tag_of(tag, subject);
	if (!rc && !found)
		rc = read_index(&index, client, tag, err);
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = oci_descriptors_add(out, &index.manifests.items[i], err);
	oci_index_release(&index);
	return rc;
}
