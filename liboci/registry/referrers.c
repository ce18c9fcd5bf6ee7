/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The referrers tag: an index under ALG-HEX that a client keeps, because the
 * registry does not. Several clients may keep it at the same time: some time
 * after writing, it is read again, and written once more where the entry is
 * gone.
 */
#include "registry/referrers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oci/manifest.h>

#include "base/error.h"
#include "base/text.h"
#include "registry/fetch.h"
#include "registry/link.h"
#include "registry/retry.h"
#include "registry/url.h"
#include "store/referrers.h"

enum {
	ATTEMPTS = 20,
	HEX_MAX = 64,
	PAGES_MAX = 100,
	REFERRERS_MAX = 10000,
	BYTES_MAX = 16 * 1024 * 1024
};

/* "sha256:abc" is kept under the tag "sha256-abc", of which more than 64 digits
 * are cut off: a tag of SHA-512 would be too long. */
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

/* One round over those that may be missing; *left is how many were. */
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
		int64_t start = oci_client_clock();

		rc = enter_all(&left, client, manifests, missing, err);
		if (!rc && left)
			rc = oci_client_wait(
				client->registry,
				oci_retry_spread(oci_client_clock() - start),
				err);
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

/* A registry's own list of what refers to a manifest, in pages. */
struct list {
	struct oci_descriptors *out;
	struct oci_client *client;
	const struct oci_digest *subject;
	struct oci_strings pages;	/* addresses, the next one last */
	uint64_t bytes;			/* of the pages so far */
};

/* Adds the page that an answer leads to, if any: one of the registry itself,
 * which was not read before. */
static int turn_page(struct list *list,
		     const struct oci_http_response *response,
		     struct oci_error *err)
{
	const char *page = list->pages.items[list->pages.count - 1];
	char *target, *next = NULL;
	int rc = oci_link_next(&target, response, err);

	if (!rc && target)
		rc = oci_url_resolve(&next, page, target, err);
	if (rc || !next)
		;
	else if (!oci_url_same_origin(next, list->client->base))
		rc = oci_fail(err, OCI_E_INVALID,
			      "the next page is of another host: refused");
	else if (oci_strings_has(&list->pages, next))
		rc = oci_fail(err, OCI_E_INVALID,
			      "its pages lead back to one before");
	else if (list->pages.count == PAGES_MAX)
		rc = oci_fail(err, OCI_E_LIMIT, "it has more than %d pages, "
			      "the most that are read", PAGES_MAX);
	else
		rc = oci_strings_add(&list->pages, next, err);
	free(target);
	free(next);
	return rc;
}

static int take_page(struct list *list,
		     const struct oci_http_response *response,
		     struct oci_error *err)
{
	struct oci_index index;
	int rc;

	if (response->text_cut)
		return oci_fail(err, OCI_E_LIMIT, "a page has more than %u "
				"bytes", OCI_DOCUMENT_MAX);
	list->bytes += response->text_size;
	if (list->bytes > BYTES_MAX)
		return oci_fail(err, OCI_E_LIMIT, "its pages have more than "
				"%d MiB, the most that are read",
				BYTES_MAX >> 20);
	rc = oci_index_parse(&index, response->text, response->text_size,
			     OCI_MEDIA_INDEX, err);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = oci_descriptors_add(list->out, &index.manifests.items[i],
					 err);
	oci_index_release(&index);
	if (!rc && list->out->count > REFERRERS_MAX)
		rc = oci_fail(err, OCI_E_LIMIT, "there are more than %d, the "
			      "most that are read", REFERRERS_MAX);
	return rc ? rc : turn_page(list, response, err);
}

/* Asks for the last page. *known is false where the registry keeps no list,
 * which nothing but a 404 to the question for the first page says. */
static int ask_page(bool *known, struct list *list, struct oci_error *err)
{
	struct oci_http_response response = {0};
	char what[OCI_DIGEST_TEXT + 32];
	struct oci_call call = {
		.method = "GET", .actions = "pull",
		.url = list->pages.items[list->pages.count - 1],
		.text_max = OCI_DOCUMENT_MAX,
	};
	int rc = oci_client_call(&response, NULL, list->client, &call, err);

	snprintf(what, sizeof(what), "list referrers of %s",
		 list->subject->text);
	*known = rc || response.status != 404 || list->pages.count > 1;
	if (!rc && *known && response.status != 200) {
		rc = oci_client_fail(list->client, what, &response, err);
		rc = oci_advise(err, rc,
				"404 alone says that a registry "
				"keeps no list; without --referrers the image "
				"is copied by itself");
	} else {
		if (!rc && *known)
			rc = take_page(list, &response, err);
		if (rc)
			rc = oci_wrap(err, rc, "registry %s, repository %s: %s",
				      list->client->host,
				      list->client->repository, what);
	}
	oci_http_response_release(&response);
	return rc;
}

static int ask(bool *known, struct oci_descriptors *out,
	       struct oci_client *client, const struct oci_digest *subject,
	       struct oci_error *err)
{
	struct list list = {
		.out = out, .client = client, .subject = subject,
	};
	char path[OCI_REFERENCE_TEXT + 256], *url;
	int rc;

	snprintf(path, sizeof(path), "/v2/%s/referrers/%s",
		 client->repository, subject->text);
	rc = oci_url_resolve(&url, client->base, path, err);
	if (!rc)
		rc = oci_strings_add(&list.pages, url, err);
	free(url);
	/* Each page that is read may add one more. */
	for (size_t i = 0; !rc && i < list.pages.count; i++)
		rc = ask_page(known, &list, err);
	oci_strings_release(&list.pages);
	return rc;
}

int oci_referrers_list(struct oci_descriptors *out, struct oci_client *client,
		       const struct oci_digest *subject, struct oci_error *err)
{
	struct oci_index index = {0};
	char tag[OCI_DIGEST_TEXT];
	bool known = false;
	int rc = ask(&known, out, client, subject, err);

	tag_of(tag, subject);
	if (!rc && !known)
		rc = read_index(&index, client, tag, err);
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = oci_descriptors_add(out, &index.manifests.items[i], err);
	oci_index_release(&index);
	return rc;
}
