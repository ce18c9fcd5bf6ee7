/* SPDX-License-Identifier: Apache-2.0 */
/* The names that a copy gets. */
#include <string.h>

#include "copy.h"

/* Reads the name of an entry of index.json. False if it has none. */
static bool read_name(struct oci_reference *out,
		      const struct copy_target *target,
		      const struct oci_descriptor *entry)
{
	const char *tag =
		oci_pairs_get(&entry->annotations, OCI_ANNOTATION_REF_NAME);
	const char *image =
		oci_pairs_get(&entry->annotations, OCI_ANNOTATION_IMAGE_NAME);
	struct oci_reference name = { 0 };

	if (!tag)
		return false;
	/* Podman and skopeo write the whole name where others write a tag. */
	if (strpbrk(tag, "/:") &&
	    oci_reference_parse(&name, tag, NULL) == 0 && name.tag[0]) {
		image = tag;
		tag = name.tag;
	}
	if (strlen(tag) >= sizeof(out->tag))
		return false;
	*out = (struct oci_reference){ 0 };
	if (!target->registry && image &&
	    oci_reference_parse(out, image, NULL) != 0)
		*out = (struct oci_reference){ 0 };
	memset(out->tag, 0, sizeof(out->tag));
	memcpy(out->tag, tag, strlen(tag));
	return true;
}

/* Gives the copy the name of an entry, if the entry has a name. */
static int keep_name(size_t *named, const struct copy_target *target,
		     const struct oci_descriptor *entry,
		     const struct oci_descriptor *copy, struct oci_error *err)
{
	struct oci_reference name;

	if (!read_name(&name, target, entry))
		return 0;
	if (target->registry && oci_tag_check(name.tag, err))
		return OCI_E_INVALID;
	++*named;
	return oci_store_tag(target->store, &name, copy, err);
}

/* Gives the copy the name by which the command line named the source; if it
 * gave none, all names of the source. Other names of the same image may belong
 * to other images at the destination. */
static int keep_names(size_t *named, const struct copy_target *target,
		      const struct opened *from,
		      const struct oci_descriptor *copy, struct oci_error *err)
{
	const struct oci_descriptors *names = oci_store_names(from->store);
	int rc = 0;

	*named = 0;
	if (from->by_digest)
		return 0;
	if (from->named)
		return keep_name(named, target, &from->image, copy, err);
	for (size_t i = 0; !rc && i < names->count; i++)
		if (oci_digest_equal(&names->items[i].digest,
				     &from->image.digest))
			rc = keep_name(named, target, &names->items[i], copy,
				       err);
	return rc;
}

static int name_whole(const struct copy_target *target,
		      const struct oci_strings *tags,
		      const struct oci_descriptor *copy, struct oci_error *err)
{
	struct oci_reference name;
	int rc = 0;

	for (size_t i = 0; !rc && i < tags->count; i++) {
		rc = oci_reference_parse(&name, tags->items[i], err);
		if (!rc && !name.tag[0])
			memcpy(name.tag, "latest", sizeof("latest"));
		if (!rc)
			rc = oci_store_tag(target->store, &name, copy, err);
	}
	return rc;
}

void copy_say_names(const struct copy_target *target)
{
	const struct oci_descriptors *names = oci_store_names(target->store);
	const char *tag = NULL;

	for (size_t i = 0; target->archive && i < names->count; i++) {
		const struct oci_pairs *notes = &names->items[i].annotations;

		if (oci_pairs_get(notes, OCI_ANNOTATION_IMAGE_NAME))
			return;
		tag = oci_pairs_get(notes, OCI_ANNOTATION_REF_NAME);
	}
	if (target->archive)
		say(stderr,
		    "%s: its image has %s%s%s: docker load may take it, and "
		    "not find it again: give it a whole name with -t, such as "
		    "-t example.com/app:1\n",
		    target->text, tag ? "no name but the tag '" : "no name",
		    tag ? tag : "", tag ? "'" : "");
}

int copy_name(const struct copy_target *target, const struct oci_strings *tags,
	      const struct opened *from, struct oci_error *err)
{
	const struct oci_descriptor *copy = &target->copy;
	const struct oci_reference latest = { .tag = "latest" };
	size_t named;
	int rc;

	if (tags->count)
		return name_whole(target, tags, copy, err);
	if (target->by_digest)
		return oci_store_tag(target->store, NULL, copy, err);
	if (target->named && target->name.tag[0])
		return oci_store_tag(target->store, &target->name, copy, err);
	rc = keep_names(&named, target, from, copy, err);
	if (rc || named)
		return rc;
	return oci_store_tag(target->store, target->registry ? &latest : NULL,
			     copy, err);
}
