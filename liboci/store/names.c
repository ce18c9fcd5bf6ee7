/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in a store's index.json: annotations of its descriptors. The tag
 * is org.opencontainers.image.ref.name (image spec, annotations.md); the whole
 * name is io.containerd.image.name, which containerd looks at first.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

static const char *annotation(const struct oci_descriptor *descriptor,
			      const char *key)
{
	return oci_pairs_get(&descriptor->annotations, key);
}

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* Takes out what has the name, or the same image without a name. */
static void remove_name(struct oci_descriptors *list, const char *tag,
			const char *image, const struct oci_digest *digest)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct oci_descriptor *d = &list->items[i];
		bool gone = same(annotation(d, OCI_ANNOTATION_REF_NAME), tag);

		if (tag)
			gone = gone && same(annotation(d,
						OCI_ANNOTATION_IMAGE_NAME),
					    image);
		else
			gone = gone && oci_digest_equal(&d->digest, digest);
		if (gone)
			oci_descriptor_release(d);
		else
			list->items[kept++] = *d;
	}
	list->count = kept;
}

int oci_store_tag(struct oci_store *store, const struct oci_reference *name,
		  const struct oci_descriptor *descriptor,
		  struct oci_error *err)
{
	const char *tag = name && name->tag[0] ? name->tag : NULL;
	const char *image = NULL;
	struct oci_descriptor entry;
	char full[OCI_REFERENCE_TEXT];
	int rc = oci_descriptor_copy(&entry, descriptor, err);

	if (rc)
		return rc;
	/* `ctr image import` passes over images of other platforms. */
	entry.has_platform = false;
	if (tag && name->path[0]) {
		oci_reference_canonical(full, name);
		image = full;
		rc = oci_pairs_set(&entry.annotations,
				   OCI_ANNOTATION_IMAGE_NAME, full, err);
	}
	if (!rc && tag)
		rc = oci_pairs_set(&entry.annotations,
				   OCI_ANNOTATION_REF_NAME, tag, err);
	if (!rc) {
		remove_name(&store->index.manifests, tag, image,
			    &entry.digest);
		rc = oci_descriptors_add(&store->index.manifests, &entry, err);
	}
	oci_descriptor_release(&entry);
	return rc;
}

void oci_store_untag(struct oci_store *store, const struct oci_digest *digest)
{
	struct oci_descriptors *list = &store->index.manifests;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (oci_digest_equal(&list->items[i].digest, digest))
			oci_descriptor_release(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static bool has_name(const struct oci_descriptor *d, const char *name,
		     const char *full)
{
	const char *tag = annotation(d, OCI_ANNOTATION_REF_NAME);
	const char *image = annotation(d, OCI_ANNOTATION_IMAGE_NAME);

	return (tag && strcmp(tag, name) == 0) ||
	       (image && (strcmp(image, name) == 0 ||
			  strcmp(image, full) == 0)) ||
	       strcmp(d->digest.text, name) == 0;
}

static void list_names(struct oci_buf *out,
		       const struct oci_descriptors *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];
		const char *name = annotation(d, OCI_ANNOTATION_IMAGE_NAME);

		if (!name)
			name = annotation(d, OCI_ANNOTATION_REF_NAME);
		if (!name)
			name = d->digest.text;
		/* A list that is too long ends early. */
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
		rc = oci_fail(err, OCI_E_NOT_FOUND, "it holds no image");
	else if (name)
		rc = oci_fail(err, OCI_E_NOT_FOUND,
			      "it holds no '%s', but %s", name,
			      names.data ? names.data : "");
	else
		rc = oci_fail(err, OCI_E_INVALID,
			      "it holds several images: name one of %s",
			      names.data ? names.data : "");
	oci_buf_release(&names);
	return rc;
}

/* What has no name and a type of its own is attached to an image. */
static bool is_attached(const struct oci_descriptor *d)
{
	return d->artifact_type && !annotation(d, OCI_ANNOTATION_REF_NAME);
}

int oci_store_resolve(struct oci_descriptor *out,
		      const struct oci_store *store, const char *name,
		      struct oci_error *err)
{
	const struct oci_descriptors *list = &store->index.manifests;
	const struct oci_descriptor *found = NULL;
	char full[OCI_REFERENCE_TEXT] = "";
	struct oci_reference reference;

	*out = (struct oci_descriptor){0};
	if (name && oci_reference_parse(&reference, name, NULL) == 0)
		oci_reference_canonical(full, &reference);
	for (size_t i = 0; i < list->count; i++) {
		const struct oci_descriptor *d = &list->items[i];

		if (name && !has_name(d, name, full))
			continue;
		if (!name && found && is_attached(d))
			continue;
		if (!name && found && is_attached(found))
			found = NULL;
		if (found && !oci_digest_equal(&found->digest, &d->digest))
			return fail_name(list, NULL, err);
		found = d;
	}
	if (!found)
		return fail_name(list, name, err);
	return oci_descriptor_copy(out, found, err);
}
