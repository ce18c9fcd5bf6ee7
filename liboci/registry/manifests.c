/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts manifests under their digests, then under tags, each with exactly its
 * bytes and with its media type as Content-Type.
 */
#include "registry/manifests.h"

#include <stdlib.h>
#include <string.h>

#include <oci/reference.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "registry/fetch.h"
#include "registry/manifest_put.h"
#include "registry/referrers.h"

static size_t find(const struct oci_manifests *manifests,
		   const struct oci_digest *digest)
{
	size_t i = 0;

	while (i < manifests->list.count &&
	       !oci_digest_equal(&manifests->list.items[i].digest, digest))
		i++;
	return i;
}

const char *oci_manifests_find(const struct oci_manifests *manifests,
			       const struct oci_digest *digest)
{
	size_t i = find(manifests, digest);

	return i < manifests->list.count ? manifests->texts.items[i] : NULL;
}

int oci_manifests_add(struct oci_manifests *manifests,
		      const struct oci_descriptor *descriptor,
		      const char *text, struct oci_error *err)
{
	int rc;

	if (oci_manifests_find(manifests, &descriptor->digest))
		return 0;
	/* Copies end at a NUL, so a document with a NUL would be cut. */
	if (strlen(text) != descriptor->size)
		return oci_fail(err, OCI_E_INVALID,
				"manifest %s has a NUL in it",
				descriptor->digest.text);
	rc = oci_descriptors_add(&manifests->list, descriptor, err);
	if (rc)
		return rc;
	rc = oci_strings_add(&manifests->texts, text, err);
	if (rc)
		oci_descriptor_release(
			&manifests->list.items[--manifests->list.count]);
	return rc;
}

void oci_manifests_release(struct oci_manifests *manifests)
{
	oci_descriptors_release(&manifests->list);
	oci_strings_release(&manifests->texts);
	oci_strings_release(&manifests->held);
	free(manifests->tag);
}

/* Asks whether the repository has a document; for the image, by its tag
 * first. */
static int ask(bool *out, struct oci_manifests *manifests, bool image,
	       const struct oci_digest *digest, struct oci_client *client,
	       struct oci_error *err)
{
	struct oci_digest found;
	int rc;

	if (image && manifests->tag) {
		rc = oci_fetch_digest(&found, client, "pull,push",
				      manifests->tag, err);
		*out = !rc && oci_digest_equal(&found, digest);
		if (*out)
			manifests->tagged = *digest;
		if (rc || *out)
			return rc;
	}
	rc = oci_fetch_digest(&found, client, "pull,push", digest->text, err);
	*out = !rc && found.text[0];
	return rc;
}

int oci_manifests_hold(bool *out, struct oci_manifests *manifests,
		       const struct oci_closure *image,
		       struct oci_client *client, struct oci_error *err)
{
	const struct oci_descriptors *all = &image->documents;
	int rc = 0;

	*out = true;
	for (size_t i = 0; *out && i < all->count; i++)
		*out = !strstr(image->texts.items[i], "\"subject\"");
	/* The image is the last of the list, and most likely to be missing. */
	for (size_t i = all->count; !rc && *out && i-- > 0;)
		rc = ask(out, manifests, i + 1 == all->count,
			 &all->items[i].digest, client, err);
	for (size_t i = 0; !rc && *out && i < all->count; i++)
		rc = oci_strings_add(&manifests->held,
				     all->items[i].digest.text, err);
	return rc;
}

static bool is_held(const struct oci_manifests *manifests,
		    const struct oci_digest *digest)
{
	return oci_strings_has(&manifests->held, digest->text);
}

int oci_manifests_open(struct oci_source **out,
		       struct oci_manifests *manifests,
		       struct oci_client *client,
		       const struct oci_digest *digest, struct oci_error *err)
{
	struct oci_descriptor fetched = {0};
	char *text = NULL;
	size_t i = find(manifests, digest);
	int rc = 0;

	*out = NULL;
	if (i == manifests->list.count) {
		rc = oci_fetch_manifest(&fetched, &text, client, digest->text,
					err);
		/* Keep the digest that was asked for: it may not be sha256. */
		fetched.digest = *digest;
		if (!rc)
			rc = oci_manifests_add(manifests, &fetched, text,
					       err);
	}
	oci_descriptor_release(&fetched);
	free(text);
	if (rc)
		return rc;
	return oci_source_open_memory(out, manifests->texts.items[i],
				      strlen(manifests->texts.items[i]), err);
}

/* Sets unlisted[i] if the registry may not list document i as a referrer. */
static int put_all(bool *blobs_missing, bool *unlisted,
		   const struct oci_manifests *manifests,
		   struct oci_client *client, struct oci_error *err)
{
	int rc = 0;

	*blobs_missing = false;
	for (size_t i = 0; !rc && i < manifests->list.count; i++) {
		const struct oci_descriptor *d = &manifests->list.items[i];
		struct oci_put_answer answer;

		if (is_held(manifests, &d->digest))
			continue;
		rc = oci_manifest_put(&answer, d, manifests->texts.items[i],
				      d->digest.text, client, err);
		*blobs_missing = answer.blobs_missing;
		unlisted[i] = !answer.knows_subject;
	}
	return rc;
}

static bool is_named(const struct oci_descriptors *names,
		     const struct oci_digest *digest)
{
	for (size_t i = 0; i < names->count; i++)
		if (oci_digest_equal(&names->items[i].digest, digest))
			return true;
	return false;
}

int oci_manifests_put(bool *blobs_missing,
		      const struct oci_manifests *manifests,
		      const struct oci_descriptors *listed,
		      struct oci_client *client, struct oci_error *err)
{
	bool *unlisted = calloc(manifests->list.count + 1, sizeof(*unlisted));
	int rc;

	*blobs_missing = false;
	if (!unlisted)
		return oci_fail_nomem(err);
	rc = put_all(blobs_missing, unlisted, manifests, client, err);
	for (size_t i = 0; listed && i < manifests->list.count; i++)
		unlisted[i] &=
			is_named(listed, &manifests->list.items[i].digest);
	if (!rc)
		rc = oci_referrers_add(client, manifests, unlisted, err);
	free(unlisted);
	return rc;
}

/* Adds to the error of one tag which tags were set. */
static int fail_tag(const struct oci_descriptors *names, size_t failed,
		    int rc, struct oci_error *err)
{
	struct oci_buf done;

	oci_buf_init(&done, 1024);
	for (size_t i = 0; i < failed; i++) {
		const char *tag = oci_pairs_get(&names->items[i].annotations,
						OCI_ANNOTATION_REF_NAME);

		if (tag && oci_buf_format(&done, NULL, "%s%s",
					  done.len ? ", " : "", tag))
			break;
	}
	if (names->count > 1)
		rc = oci_wrap(err, rc, "%zu of %zu tags were set%s%s", failed,
			      names->count, failed ? ": " : "",
			      done.data ? done.data : "");
	oci_buf_release(&done);
	return rc;
}

int oci_manifests_expect(const struct oci_manifests *manifests,
			 const struct oci_digest *expected,
			 struct oci_client *client,
			 const struct oci_descriptors *names,
			 struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < names->count; i++) {
		const char *tag = oci_pairs_get(&names->items[i].annotations,
						OCI_ANNOTATION_REF_NAME);
		struct oci_digest now;

		if (!tag ||
		    (manifests->tag && strcmp(tag, manifests->tag) != 0))
			continue;
		rc = oci_tag_check(tag, err);
		if (!rc)
			rc = oci_fetch_digest_surely(&now, client, "pull,push",
						     tag, err);
		if (!rc && !oci_digest_equal(&now, expected))
			rc = oci_fail(err, OCI_E_CHANGED,
				      "registry %s: tag %s was changed "
				      "meanwhile; it was not set",
				      client->host, tag);
	}
	return rc;
}

/* Documents that the repository had already may have their tags too. */
static int has_tag(bool *out, const struct oci_manifests *manifests,
		   struct oci_client *client, const char *tag,
		   const struct oci_digest *digest, struct oci_error *err)
{
	struct oci_digest found;
	int rc;

	*out = false;
	if (!is_held(manifests, digest))
		return 0;
	*out = oci_digest_equal(&manifests->tagged, digest) &&
	       strcmp(tag, manifests->tag) == 0;
	if (*out)
		return 0;
	rc = oci_tag_check(tag, err);
	if (!rc)
		rc = oci_fetch_digest(&found, client, "pull,push", tag, err);
	*out = !rc && oci_digest_equal(&found, digest);
	return rc;
}

int oci_manifests_tag(const struct oci_manifests *manifests,
		      struct oci_client *client,
		      const struct oci_descriptors *names,
		      struct oci_error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct oci_descriptor *entry = &names->items[i];
		const char *tag = oci_pairs_get(&entry->annotations,
						OCI_ANNOTATION_REF_NAME);
		size_t at = find(manifests, &entry->digest);
		struct oci_put_answer answer;
		bool has;
		int rc;

		if (!tag || at == manifests->list.count)
			continue;
		rc = has_tag(&has, manifests, client, tag, &entry->digest,
			     err);
		if (!rc && !has)
			rc = oci_manifest_put(
				&answer, &manifests->list.items[at],
				manifests->texts.items[at], tag, client, err);
		if (rc)
			return fail_tag(names, i, rc, err);
	}
	return 0;
}
