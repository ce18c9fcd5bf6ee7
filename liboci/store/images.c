/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the images of an index, and the image for a platform. OCI Image
 * Specification, image-index.md.
 */
#include <stdlib.h>
#include <string.h>

#include <oci/config.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/documents.h"
#include "store/images.h"
#include "store/store.h"
#include "store/walk.h"

/* BuildKit gives attestations the platform unknown/unknown. */
static bool is_attestation(const struct oci_descriptor *d)
{
	return d->has_platform && strcmp(d->platform.os, "unknown") == 0;
}

/* Manifests are listed, not read. */
static int list_manifest(void *data, const struct oci_visit *visit,
			 struct oci_error *err)
{
	const struct oci_descriptor *d = visit->descriptor;
	int rc = 0;

	if (oci_media_is_index(d->media_type))
		return 0;
	if (oci_media_is_manifest(d->media_type) &&
	    (!visit->depth || !is_attestation(d)))
		rc = oci_descriptors_add(data, d, err);
	return rc ? rc : OCI_WALK_PAST;
}

/* An index may be saved without some of what it lists. */
static int pass_absent(void *data, const struct oci_visit *visit,
		       struct oci_error *err)
{
	(void)data, (void)err;
	return visit->status == OCI_E_NOT_FOUND && visit->depth ? 0
								: visit->status;
}

int oci_images_walk(struct oci_descriptors *out, struct oci_store *store,
		    const struct oci_descriptor *from, struct oci_walk *walk,
		    struct oci_error *err)
{
	const struct oci_walk_options options = {
		.enter = list_manifest,
		.read = pass_absent,
		.data = out,
	};
	int rc;

	*out = (struct oci_descriptors){ 0 };
	rc = oci_walk_run(walk, store, from, &options, err);
	if (rc)
		oci_descriptors_release(out);
	return rc;
}

int oci_store_images(struct oci_descriptors *out, struct oci_store *store,
		     const struct oci_descriptor *from, struct oci_error *err)
{
	struct oci_walk walk = {0};
	int rc = oci_images_walk(out, store, from, &walk, err);

	oci_walk_release(&walk);
	return rc;
}

/* Sets the platform from the config, because indexes need not state it. */
static int fill_platform(struct oci_descriptor *d, struct oci_store *store,
			 struct oci_walk *walk, struct oci_error *err)
{
	struct oci_image_documents documents;
	bool first, is_image;
	int rc = oci_walk_first(&first, walk, &d->digest, err);

	if (rc || !first)
		return rc;
	rc = oci_documents_read(&documents, &is_image, store, d, walk, err);
	if (rc)
		return rc;
	/* The empty config of an artifact has no platform. */
	d->platform = documents.config.platform;
	d->has_platform = d->platform.os[0] && d->platform.architecture[0];
	oci_image_documents_release(&documents);
	return 0;
}

/* Chooses an image with exactly this platform, or else the compatible one with
 * the highest variant. */
static const struct oci_descriptor *
choose(const struct oci_descriptors *list, const struct oci_platform *platform)
{
	const struct oci_descriptor *best = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];

		if (!d->has_platform ||
		    !oci_platform_fits(&d->platform, platform))
			continue;
		if (oci_platform_equal(&d->platform, platform))
			return d;
		/* If two fit each other, the first one is chosen. */
		if (!best ||
		    (oci_platform_fits(&best->platform, &d->platform) &&
		     !oci_platform_fits(&d->platform, &best->platform)))
			best = d;
	}
	return best;
}

static int fail_platform(const struct oci_descriptor *from,
			 const struct oci_descriptors *list,
			 const struct oci_platform *platform,
			 struct oci_error *err)
{
	char name[OCI_PLATFORM_TEXT] = "any platform", text[OCI_PLATFORM_TEXT];
	bool index = oci_media_is_index(from->media_type);
	struct oci_buf has;
	int rc;

	oci_buf_init(&has, 1024);
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];

		oci_platform_format(text, &d->platform);
		/* A long list is cut off. */
		if (d->has_platform &&
		    oci_buf_format(&has, NULL, "%s%s", has.len ? ", " : "",
				   text))
			break;
	}
	if (platform)
		oci_platform_format(name, platform);
	if (index)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "index %s has no image for %s; it has %s",
			      from->digest.text, name,
			      has.len ? has.data : "no named platforms");
	else if (has.len)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "image %s is for %s, not for %s",
			      from->digest.text, has.data, name);
	else
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "image %s is not for %s: its config has no "
			      "platform",
			      from->digest.text, name);
	oci_buf_release(&has);
	return rc;
}

static int find(struct oci_descriptor *out, struct oci_store *store,
		const struct oci_descriptor *from,
		const struct oci_descriptors *list,
		const struct oci_platform *platform, struct oci_walk *walk,
		struct oci_error *err)
{
	const struct oci_descriptor *found = NULL;
	struct oci_error why;
	int rc = 0;

	/* If an entry has exactly this platform, no config is read. */
	for (size_t i = 0; platform && !found && i < list->count; i++)
		if (list->items[i].has_platform &&
		    oci_platform_equal(&list->items[i].platform, platform))
			found = &list->items[i];
	if (found)
		return oci_descriptor_copy(out, found, err);
	for (size_t i = 0; platform && !rc && i < list->count; i++)
		if (!list->items[i].has_platform) {
			rc = fill_platform(&list->items[i], store, walk, &why);
			/* Some tools save an index without all images. */
			if (rc == OCI_E_NOT_FOUND &&
			    oci_media_is_index(from->media_type))
				rc = 0;
			else if (rc && err)
				*err = why;
		}
	if (rc)
		return rc;
	found = platform ? choose(list, platform) :
		list->count ? list->items : NULL;
	return found ? oci_descriptor_copy(out, found, err) :
		       fail_platform(from, list, platform, err);
}

int oci_store_manifest(struct oci_descriptor *out, struct oci_store *store,
		       const struct oci_descriptor *from,
		       const struct oci_platform *platform,
		       struct oci_error *err)
{
	struct oci_descriptors list;
	struct oci_walk walk = {0};
	int rc;

	*out = (struct oci_descriptor){0};
	if (!platform && !oci_media_is_index(from->media_type))
		return oci_descriptor_copy(out, from, err);
	rc = oci_images_walk(&list, store, from, &walk, err);
	if (!rc)
		rc = find(out, store, from, &list, platform, &walk, err);
	oci_descriptors_release(&list);
	oci_walk_release(&walk);
	return rc;
}
