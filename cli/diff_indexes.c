/* SPDX-License-Identifier: Apache-2.0 */
/* Compares two indexes: for each platform, the image of one with that of the
 * other. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

int diff_open_indexes(bool *several, struct diff_indexes *out,
		      const struct opened *a, const struct opened *b,
		      struct oci_error *err)
{
	int rc;

	*several = false;
	if (!oci_media_is_index(a->image.media_type) ||
	    !oci_media_is_index(b->image.media_type))
		return 0;
	out->from[0] = a;
	out->from[1] = b;
	rc = oci_store_images(&out->lists[0], a->store, &a->image, err);
	if (!rc)
		rc = oci_store_images(&out->lists[1], b->store, &b->image, err);
	*several = !rc && (out->lists[0].count > 1 || out->lists[1].count > 1);
	return rc;
}

void diff_close_indexes(struct diff_indexes *indexes)
{
	oci_descriptors_release(&indexes->lists[0]);
	oci_descriptors_release(&indexes->lists[1]);
}

/* The platform that the index tells; the digest if it tells none. */
static void format(char out[DIFF_PLATFORM], const struct oci_descriptor *d)
{
	if (d->has_platform)
		oci_platform_format(out, &d->platform);
	else
		snprintf(out, DIFF_PLATFORM, "%s", d->digest.text);
}

/* Finds the image of the platform in a list; of several with that platform, the
 * one that follows as many others as index does in its list. */
static const struct oci_descriptor *find(const struct oci_descriptors *list,
					 const struct oci_descriptors *own,
					 size_t index)
{
	char wanted[DIFF_PLATFORM], text[DIFF_PLATFORM];
	size_t before = 0;

	format(wanted, &own->items[index]);
	for (size_t i = 0; i < index; i++) {
		format(text, &own->items[i]);
		before += strcmp(text, wanted) == 0;
	}
	for (size_t i = 0; i < list->count; i++) {
		format(text, &list->items[i]);
		if (strcmp(text, wanted) == 0 && before-- == 0)
			return &list->items[i];
	}
	return NULL;
}

static void say_heading(FILE *out, const struct diff_indexes *indexes,
			const char *platform, size_t done)
{
	if (indexes->json) {
		say(out, "%s\n  {\"platform\": ", done ? "," : "");
		say_json(out, platform);
		say(out, ", ");
	} else {
		say(out, "%s: ", platform);
	}
}

static int compare(FILE *out, struct diff_indexes *indexes,
		   const struct oci_descriptor *a,
		   const struct oci_descriptor *b, struct oci_error *err)
{
	struct oci_store *stores[] = { indexes->from[0]->store,
				       indexes->from[1]->store };
	struct diff_report report = { .json = indexes->json,
				      .text = indexes->text };
	struct oci_image_documents left, right;
	int rc = oci_image_open(&left, stores[0], a, NULL, err);

	if (rc)
		return rc;
	rc = oci_image_open(&right, stores[1], b, NULL, err);
	if (rc) {
		oci_image_documents_release(&left);
		return rc;
	}
	rc = diff_read(&report, &(struct diff_side){ stores[0], &left },
		       &(struct diff_side){ stores[1], &right }, err);
	if (!rc && indexes->json)
		say(out, "\"diff\": ");
	if (!rc)
		rc = diff_print(out, &report, &left, &right, err);
	indexes->differing += !rc && !report.result.manifest;
	diff_close(&report);
	oci_image_documents_release(&right);
	oci_image_documents_release(&left);
	return rc;
}

/* Tells about each image of one index; if side is 1, only about those whose
 * platform the other index does not have. */
static int say_list(FILE *out, struct diff_indexes *indexes, int side,
		    size_t *done, struct oci_error *err)
{
	const struct oci_descriptors *list = &indexes->lists[side];
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		const struct oci_descriptor *other =
			find(&indexes->lists[!side], list, i);
		char platform[DIFF_PLATFORM];

		if (side && other)
			continue;
		format(platform, &list->items[i]);
		say_heading(out, indexes, platform, (*done)++);
		if (other)
			rc = compare(out, indexes, &list->items[i], other, err);
		else if (indexes->json)
			say(out, "\"only\": \"%c\"", "ab"[side]);
		else
			say(out, "only %c has this platform\n", "AB"[side]);
		indexes->differing += !other;
		if (indexes->json)
			say(out, "}");
	}
	return rc;
}

static void print(const struct diff_indexes *indexes, bool same,
		  const char *text, size_t size)
{
	if (indexes->json) {
		say(stdout,
		    "{\n\"same\": %s,\n\"a\": \"%s\",\n\"b\": \"%s\",\n"
		    "\"platforms\": [",
		    same ? "true" : "false",
		    indexes->from[0]->image.digest.text,
		    indexes->from[1]->image.digest.text);
		say_bytes(stdout, text, size);
		say(stdout, "]\n}\n");
	} else if (same) {
		say(stdout, "the images are the same\n");
	} else {
		if (!indexes->differing)
			say(stdout, "the same images; the indexes differ in "
				    "their order, annotations or "
				    "attestations\n");
		say_bytes(stdout, text, size);
	}
}

int diff_compare_indexes(bool *same, struct diff_indexes *indexes,
			 struct oci_error *err)
{
	size_t size = 0, done = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);
	int rc = out ? 0 : fail_nomem(err);

	*same = oci_digest_equal(&indexes->from[0]->image.digest,
				 &indexes->from[1]->image.digest);
	for (int side = 0; !rc && side < 2; side++)
		rc = say_list(out, indexes, side, &done, err);
	rc = say_end(out, &text, rc, err);
	progress_end(false);
	if (!rc)
		print(indexes, *same, text, size);
	free(text);
	return rc;
}
