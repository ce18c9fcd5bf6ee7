/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in a store's index.json are annotations of its descriptors. The tag
 * is org.opencontainers.image.ref.name (image spec, annotations.md); the full
 * name is io.containerd.image.name, which containerd prefers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"
#include "store/store.h"

static const char *annotation(const struct oci_descriptor *descriptor,
			      const char *key)
{
	return oci_pairs_get(&descriptor->annotations, key);
}

/* The name of an entry. oci:DIR:TAG has a tag only; if two entries have full
 * names, these are compared. */
struct name {
	char full[OCI_REFERENCE_TEXT]; /* canonical; "" if there is none */
	char tag[OCI_REFERENCE_TEXT];  /* "" if there is none */
};

/* Ignores a full name whose tag is not the entry's: programs that change the
 * tag may leave the old full name (umoci). */
static void set_full(struct name *out, const char *text)
{
	struct oci_reference reference;

	if (!text || oci_reference_parse(&reference, text, NULL) ||
	    (out->tag[0] && strcmp(out->tag, reference.tag) != 0))
		return;
	oci_reference_canonical(out->full, &reference);
	snprintf(out->tag, sizeof(out->tag), "%s", reference.tag);
}

static void read_name(struct name *out, const struct oci_descriptor *d)
{
	const char *tag = annotation(d, OCI_ANNOTATION_REF_NAME);

	*out = (struct name){0};
	/* Some tools write the full name into the annotation of the tag. */
	if (tag && !strpbrk(tag, "/:@"))
		snprintf(out->tag, sizeof(out->tag), "%s", tag);
	else
		set_full(out, tag);
	set_full(out, annotation(d, OCI_ANNOTATION_IMAGE_NAME));
}

static bool is_named(const struct name *name)
{
	return name->full[0] || name->tag[0];
}

static bool same_name(const struct name *a, const struct name *b)
{
	if (a->full[0] && b->full[0])
		return strcmp(a->full, b->full) == 0;
	return a->tag[0] && strcmp(a->tag, b->tag) == 0;
}

/* Puts a copy of entry at the place of the first entry with its name, or at the
 * end, and removes the other entries with that name. If entry has no name, it
 * replaces an entry of the same image without a name. */
static int put(struct oci_descriptors *list, const struct oci_descriptor *entry,
	       struct oci_error *err)
{
	struct oci_descriptor added;
	struct name name, other;
	size_t kept = 0, at;
	int rc;

	read_name(&name, entry);
	/* Adds the copy first, because after a removal this must not fail. */
	rc = oci_descriptors_add(list, entry, err);
	if (rc)
		return rc;
	added = list->items[--list->count];
	at = list->count;
	for (size_t i = 0; i < list->count; i++) {
		struct oci_descriptor *d = &list->items[i];

		read_name(&other, d);
		if (is_named(&name)
			    ? same_name(&name, &other)
			    : !is_named(&other) &&
				      oci_digest_equal(&d->digest,
						       &entry->digest)) {
			at = at < list->count ? at : kept;
			oci_descriptor_release(d);
		} else {
			list->items[kept++] = *d;
		}
	}
	at = at < kept ? at : kept;
	memmove(&list->items[at + 1], &list->items[at],
		(kept - at) * sizeof(added));
	list->items[at] = added;
	list->count = kept + 1;
	return 0;
}

/* Returns whether both give the same image the same name. */
static bool same_entry(const struct oci_descriptor *entry,
		       const struct oci_descriptor *other)
{
	struct name name, there;

	if (!oci_digest_equal(&entry->digest, &other->digest))
		return false;
	read_name(&name, entry);
	read_name(&there, other);
	return is_named(&name) ? same_name(&name, &there) : !is_named(&there);
}

static void remove_entry(struct oci_descriptors *list,
			 const struct oci_descriptor *entry)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (same_entry(entry, &list->items[i]))
			oci_descriptor_release(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static int apply(struct oci_descriptors *list,
		 const struct oci_name_change *change, struct oci_error *err)
{
	if (!change->untag)
		return put(list, &change->entry, err);
	remove_entry(list, &change->entry);
	return 0;
}

/* Applies a change, and records it for oci_names_replay. */
static int change_names(struct oci_store *store, bool untag,
			const struct oci_descriptor *entry,
			struct oci_error *err)
{
	struct oci_name_change *changes =
		oci_array_grow(store->changes, &store->change_capacity,
			       store->change_count + 1, sizeof(*changes));
	struct oci_name_change *added;
	int rc;

	if (!changes)
		return oci_fail_nomem(err);
	store->changes = changes;
	added = &changes[store->change_count];
	*added = (struct oci_name_change){ .untag = untag };
	rc = oci_descriptor_copy(&added->entry, entry, err);
	if (!rc)
		rc = apply(&store->index.manifests, added, err);
	if (rc)
		oci_descriptor_release(&added->entry);
	else
		store->change_count++;
	return rc;
}

int oci_names_replay(struct oci_descriptors *list,
		     const struct oci_store *store, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < store->change_count; i++)
		rc = apply(list, &store->changes[i], err);
	return rc;
}

void oci_names_forget(struct oci_store *store)
{
	for (size_t i = 0; i < store->change_count; i++)
		oci_descriptor_release(&store->changes[i].entry);
	free(store->changes);
	store->changes = NULL;
	store->change_count = store->change_capacity = 0;
}

static int write_name(struct oci_descriptor *entry,
		      const struct oci_reference *name, struct oci_error *err)
{
	char full[OCI_REFERENCE_TEXT];
	int rc;

	rc = oci_pairs_set(&entry->annotations, OCI_ANNOTATION_REF_NAME,
			   name->tag, err);
	if (rc || !name->path[0])
		return rc;
	oci_reference_canonical(full, name);
	return oci_pairs_set(&entry->annotations, OCI_ANNOTATION_IMAGE_NAME,
			     full, err);
}

int oci_store_tag(struct oci_store *store, const struct oci_reference *name,
		  const struct oci_descriptor *descriptor,
		  struct oci_error *err)
{
	struct oci_descriptor entry;
	int rc;

	if (store->ops->tag)
		return store->ops->tag(store, name, descriptor, err);
	rc = oci_descriptor_copy(&entry, descriptor, err);
	if (rc)
		return rc;
	/* `ctr image import` ignores images of other platforms. */
	entry.has_platform = false;
	/* The name that the image has in another store is not its name here. */
	oci_pairs_remove(&entry.annotations, OCI_ANNOTATION_REF_NAME);
	oci_pairs_remove(&entry.annotations, OCI_ANNOTATION_IMAGE_NAME);
	if (name && name->tag[0])
		rc = write_name(&entry, name, err);
	if (!rc)
		rc = change_names(store, false, &entry, err);
	oci_descriptor_release(&entry);
	return rc;
}

int oci_store_untag(struct oci_store *store, const struct oci_digest *digest,
		    struct oci_error *err)
{
	struct oci_descriptors *list = &store->index.manifests;
	size_t i = 0;
	int rc = 0;

	if (store->ops->untag)
		return store->ops->untag(store, digest, err);
	while (!rc && i < list->count)
		if (oci_digest_equal(&list->items[i].digest, digest))
			rc = change_names(store, true, &list->items[i], err);
		else
			i++;
	return rc;
}

struct duplicates {
	struct oci_arena arena;
	struct oci_table full; /* name to the digest that it names */
	struct oci_table bare; /* tag, of entries without a full name */
	struct oci_table any;  /* tag, of all entries */
	void (*report)(void *data, const char *finding);
	void *data;
};

/* Reports a name that the table has with another digest. */
static void compare(struct duplicates *d, const struct oci_table *table,
		    const char *name, const char *digest)
{
	const char *other = oci_table_get(table, name, strlen(name));
	char text[OCI_REFERENCE_TEXT + 2 * OCI_DIGEST_TEXT + 100];

	if (!other || strcmp(other, digest) == 0)
		return;
	snprintf(text, sizeof(text),
		 "index.json: '%s' names both %s and %s: tag "
		 "the right one again",
		 name, other, digest);
	d->report(d->data, text);
}

static int add_name(struct duplicates *d, struct oci_table *table,
		    const char *name, const char *digest, struct oci_error *err)
{
	char *key;

	if (oci_table_get(table, name, strlen(name)))
		return 0;
	key = oci_arena_text(&d->arena, name);
	if (!key)
		return oci_fail_nomem(err);
	return oci_table_set(table, key, strlen(key), (char *)digest, err);
}

static int check_name(struct duplicates *d, const struct oci_descriptor *entry,
		      struct oci_error *err)
{
	const char *digest = entry->digest.text;
	struct name name;
	int rc = 0;

	read_name(&name, entry);
	if (name.full[0]) {
		compare(d, &d->full, name.full, digest);
		compare(d, &d->bare, name.tag, digest);
		rc = add_name(d, &d->full, name.full, digest, err);
	} else if (name.tag[0]) {
		compare(d, &d->any, name.tag, digest);
		rc = add_name(d, &d->bare, name.tag, digest, err);
	}
	return rc || !name.tag[0] ? rc
				  : add_name(d, &d->any, name.tag, digest, err);
}

int oci_names_check(const struct oci_descriptors *list,
		    void (*report)(void *data, const char *finding), void *data,
		    struct oci_error *err)
{
	struct duplicates d = { .report = report, .data = data };
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++)
		rc = check_name(&d, &list->items[i], err);
	oci_table_release(&d.full);
	oci_table_release(&d.bare);
	oci_table_release(&d.any);
	oci_arena_release(&d.arena);
	return rc;
}
