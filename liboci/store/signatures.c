/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures, attestations and bills of material with the digest of their
 * subject in their tags. One manifest has those of all signers, a layer each,
 * so a manifest that replaces another one has to contain its layers too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/referrers.h"
#include "store/store.h"

#define SIGNATURE "dev.cosignproject.cosign/signature"

static const char *const suffixes[] = { ".sig", ".att", ".sbom" };

enum { SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]) };

bool oci_signature_tag(char out[OCI_SIGNATURE_TAG],
		       const struct oci_digest *subject, size_t i)
{
	if (i >= SUFFIXES)
		return false;
	snprintf(out, OCI_SIGNATURE_TAG, "%s%s", subject->text, suffixes[i]);
	out[strcspn(out, ":")] = '-';
	return true;
}

bool oci_is_signature(const struct oci_descriptor *entry)
{
	const char *tag =
		oci_pairs_get(&entry->annotations, OCI_ANNOTATION_REF_NAME);
	const char *dot = tag ? strchr(tag, '.') : NULL;
	char text[OCI_DIGEST_TEXT];
	struct oci_digest digest;

	if (!dot || (size_t)(dot - tag) >= sizeof(text))
		return false;
	memcpy(text, tag, (size_t)(dot - tag));
	text[dot - tag] = '\0';
	if (!strchr(text, '-'))
		return false;
	*strchr(text, '-') = ':';
	if (oci_digest_parse(&digest, text, NULL))
		return false;
	for (size_t i = 0; i < SUFFIXES; i++)
		if (strcmp(dot, suffixes[i]) == 0)
			return true;
	return false;
}

static const struct oci_descriptor *entry_of(const struct oci_store *store,
					     const char *tag)
{
	const struct oci_descriptors *list = &store->index.manifests;

	for (size_t i = 0; i < list->count; i++) {
		const char *has = oci_pairs_get(&list->items[i].annotations,
						OCI_ANNOTATION_REF_NAME);

		if (has && strcmp(has, tag) == 0)
			return &list->items[i];
	}
	return NULL;
}

int oci_store_find_tag(struct oci_descriptor *out, char **text,
		       struct oci_store *store, const char *tag,
		       struct oci_error *err)
{
	const struct oci_descriptor *entry;
	int rc;

	*out = (struct oci_descriptor){ 0 };
	*text = NULL;
	if (store->ops->find_tag)
		return store->ops->find_tag(out, text, store, tag, err);
	entry = entry_of(store, tag);
	if (!entry)
		return oci_fail(err, OCI_E_NOT_FOUND, "no tag '%s'", tag);
	rc = oci_store_read(text, store, entry, err);
	if (!rc)
		rc = oci_descriptor_copy(out, entry, err);
	if (!rc)
		return 0;
	free(*text);
	*text = NULL;
	return rc;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* Two keys may sign the same payload, so the signatures are compared too. */
static bool has_layer(const struct oci_manifest *manifest,
		      const struct oci_descriptor *layer)
{
	const char *signature = oci_pairs_get(&layer->annotations, SIGNATURE);

	for (size_t i = 0; i < manifest->layers.count; i++) {
		const struct oci_descriptor *d = &manifest->layers.items[i];

		if (oci_digest_equal(&d->digest, &layer->digest) &&
		    same_text(oci_pairs_get(&d->annotations, SIGNATURE),
			      signature))
			return true;
	}
	return false;
}

/* *lost is the number of layers of `theirs` that `ours` lacks. */
static int count_lost(size_t *lost, const struct oci_descriptor *theirs,
		      const char *their_text, const struct oci_descriptor *ours,
		      const char *text, struct oci_error *err)
{
	struct oci_manifest old, new;
	int rc = oci_manifest_parse(&old, their_text, (size_t)theirs->size,
				    theirs->media_type, err);

	*lost = 0;
	if (rc)
		return rc;
	rc = oci_manifest_parse(&new, text, (size_t)ours->size,
				ours->media_type, err);
	for (size_t i = 0; !rc && i < old.layers.count; i++)
		*lost += !has_layer(&new, &old.layers.items[i]);
	if (!rc)
		oci_manifest_release(&new);
	oci_manifest_release(&old);
	return rc;
}

int oci_signatures_copy_tag(struct oci_store *to, const char *tag,
			    const struct oci_descriptor *ours, const char *text,
			    struct oci_error *err)
{
	struct oci_descriptor theirs;
	size_t lost = 0;
	char *their_text;
	int rc = oci_store_find_tag(&theirs, &their_text, to, tag, err);

	if (rc == OCI_E_NOT_FOUND)
		return 0;
	if (!rc && !oci_digest_equal(&theirs.digest, &ours->digest))
		rc = count_lost(&lost, &theirs, their_text, ours, text, err);
	if (rc)
		rc = oci_wrap(err, rc, "tag %s of the destination", tag);
	else if (lost)
		rc = oci_fail(err, OCI_E_CONFLICT,
			      "copying would remove %zu of the signatures in "
			      "tag %s of the destination: remove that tag "
			      "there first, or copy without --referrers",
			      lost, tag);
	oci_descriptor_release(&theirs);
	free(their_text);
	return rc;
}
