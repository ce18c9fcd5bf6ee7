/* SPDX-License-Identifier: Apache-2.0 */
/* Finds an image by one of its names: see names.c. */
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/referrers.h"
#include "store/store.h"

static const char *annotation(const struct oci_descriptor *descriptor,
			      const char *key)
{
	return oci_pairs_get(&descriptor->annotations, key);
}

static bool has_name(const struct oci_descriptor *d, const char *name,
		     const char *full)
{
	const char *tag = annotation(d, OCI_ANNOTATION_REF_NAME);
	const char *image = annotation(d, OCI_ANNOTATION_IMAGE_NAME);

	return (tag && strcmp(tag, name) == 0) ||
	       (image &&
		(strcmp(image, name) == 0 || strcmp(image, full) == 0)) ||
	       strcmp(d->digest.text, name) == 0;
}

static void list_names(struct oci_buf *out, const struct oci_descriptors *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];
		const char *name = annotation(d, OCI_ANNOTATION_IMAGE_NAME);

		if (!name)
			name = annotation(d, OCI_ANNOTATION_REF_NAME);
		if (!name)
			name = d->digest.text;
		/* A list that is too long is cut off. */
		if (oci_buf_format(out, NULL, "%s%s", i ? ", " : "", name))
			break;
	}
}

static int fail_name(const struct oci_descriptors *list, const char *name,
		     struct oci_error *err)
{
	struct oci_buf names;
	int rc;

	oci_buf_init(&names, 1024);
	list_names(&names, list);
	if (!list->count)
		rc = oci_fail(err, OCI_E_NOT_FOUND, "it has no image");
	else if (name)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "it has no image '%s'; it has %s", name,
			      names.data ? names.data : "");
	else
		rc = oci_fail(err, OCI_E_INVALID,
			      "it has several images: name one of %s",
			      names.data ? names.data : "");
	oci_buf_release(&names);
	return rc;
}

/* A signature is attached to an image, and so is an entry with an artifact type
 * and without a name. */
static bool is_attached(const struct oci_descriptor *d)
{
	return oci_is_signature(d) ||
	       (d->artifact_type && !annotation(d, OCI_ANNOTATION_REF_NAME));
}

/* *found is the entry called name or full, or NULL. */
static int find(const struct oci_descriptor **found,
		const struct oci_descriptors *list, const char *name,
		const char *full, struct oci_error *err)
{
	*found = NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];

		if (name && !has_name(d, name, full))
			continue;
		if (!name && *found && is_attached(d))
			continue;
		if (!name && *found && is_attached(*found))
			*found = NULL;
		if (*found && !oci_digest_equal(&(*found)->digest, &d->digest))
			return fail_name(list, NULL, err);
		*found = d;
	}
	return 0;
}

int oci_store_resolve(struct oci_descriptor *out, const struct oci_store *store,
		      const char *name, struct oci_error *err)
{
	const struct oci_descriptors *list = &store->index.manifests;
	const struct oci_descriptor *found;
	struct oci_reference reference = { 0 };
	char full[OCI_REFERENCE_TEXT] = "";
	int rc;

	*out = (struct oci_descriptor){ 0 };
	if (name && oci_reference_parse(&reference, name, NULL) == 0)
		oci_reference_canonical(full, &reference);
	rc = find(&found, list, name, full, err);
	/* A full name without a tag means the tag "latest", as for docker. */
	if (!rc && !found && full[0] && !reference.tag[0] &&
	    !reference.digest.text[0]) {
		memcpy(reference.tag, "latest", sizeof("latest"));
		oci_reference_canonical(full, &reference);
		rc = find(&found, list, full, full, err);
	}
	if (!rc && !found)
		rc = fail_name(list, name, err);
	return rc ? rc : oci_descriptor_copy(out, found, err);
}
