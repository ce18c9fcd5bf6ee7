/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins images to one index: the manifests of all nested indexes become its
 * members. Layers are not read. OCI Image Specification, image-index.md.
 */
#include "image/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "document/rest.h"
#include "store/store.h"

/* The state of one oci_join_start or oci_join_add. */
struct addition {
	struct oci_join *join;
	struct oci_store *store;
	size_t source;		/* 0: the index that is changed */
	bool as_is;		/* members are not changed */
	size_t images;		/* members that were added */
	struct oci_walk walk;	/* of its documents */
	char other[OCI_PLATFORM_TEXT];	/* a platform that was not wanted */
};

int oci_join_new(struct oci_join **out, const struct oci_join_options *options,
		 struct oci_error *err)
{
	static const struct oci_join_options usual = OCI_JOIN_OPTIONS_INIT;
	struct oci_join *join = calloc(1, sizeof(*join));
	int rc;

	*out = NULL;
	if (!join)
		return oci_fail_nomem(err);
	oci_options_read(&join->options, sizeof(join->options), &usual,
			 options);
	join->watch.cancelled = join->options.cancelled;
	rc = oci_text_copy(&join->head.media_type, OCI_MEDIA_INDEX, err);
	if (rc)
		oci_join_free(join);
	else
		*out = join;
	return rc;
}

void oci_join_free(struct oci_join *join)
{
	if (!join)
		return;
	for (size_t i = 0; i < join->count; i++)
		oci_descriptor_release(&join->members[i].descriptor);
	free(join->members);
	oci_strings_release(&join->names);
	oci_index_release(&join->head);
	free(join);
}

struct oci_pairs *oci_join_annotations(struct oci_join *join)
{
	return &join->head.annotations;
}

static int read_document(char **out, struct addition *a,
			 const struct oci_descriptor *d, struct oci_error *err)
{
	return oci_walk_read(out, &a->walk, a->store, d, err);
}

/* Reads the platform from the config of an image; not of an artifact. */
static int ask_config(struct oci_descriptor *told, struct addition *a,
		      const struct oci_manifest *manifest,
		      struct oci_error *err)
{
	const struct oci_descriptor *config = &manifest->config;
	char *text;
	int rc;

	if (!oci_media_is_config(config->media_type))
		return 0;
	rc = read_document(&text, a, config, err);
	if (rc)
		return rc;
	rc = oci_descriptor_set_platform(told, text, (size_t)config->size,
					 err);
	free(text);
	return rc;
}

/* Reads the manifest, and its platform if the index has none. */
static int find_platform(struct join_member *m, struct addition *a,
			 struct oci_error *err)
{
	struct oci_descriptor told = {0}, *d = &m->descriptor;
	struct oci_manifest manifest = {0};
	char *text;
	int rc = read_document(&text, a, d, err);

	if (!rc)
		rc = oci_manifest_parse(&manifest, text, (size_t)d->size,
					d->media_type, err);
	free(text);
	if (!rc && !d->has_platform && !join_subject(d))
		rc = ask_config(&told, a, &manifest, err);
	oci_manifest_release(&manifest);
	if (!rc && told.has_platform) {
		m->platform = told.platform;
		if (!a->as_is) {
			d->platform = told.platform;
			d->has_platform = true;
			rc = d->rest ? 0 : oci_text_set(&d->rest, told.rest,
							err);
		}
	}
	oci_descriptor_release(&told);
	return rc;
}

static bool is_wanted(struct addition *a, const struct oci_platform *platform)
{
	const struct oci_join_options *o = &a->join->options;

	if (!a->source || !o->platform_count)
		return true;
	for (size_t i = 0; i < o->platform_count; i++)
		if (oci_platform_matches(platform, &o->platforms[i]))
			return true;
	if (!a->other[0] && platform->os[0])
		oci_platform_format(a->other, platform);
	return false;
}

/* Whether a member is wanted. Attestations without their image are removed
 * later, by join_sweep. */
static bool may_come(struct addition *a, const struct join_member *m)
{
	if (!join_subject(&m->descriptor))
		return is_wanted(a, &m->platform);
	return !a->source || a->join->options.attestations;
}

/* Adds a member that is not an index. */
static int take_member(struct addition *a, const struct oci_descriptor *d,
		       struct oci_error *err)
{
	struct join_member m = { .store = a->store, .source = a->source };
	bool known = d->has_platform || join_subject(d), first = true;
	int rc = 0;

	/* A member without a platform in the index is read once. */
	if (!known && !a->as_is)
		rc = oci_walk_first(&first, &a->walk, &d->digest, err);
	if (rc || !first)
		return rc;
	if (d->has_platform && !join_subject(d))
		m.platform = d->platform;
	rc = oci_descriptor_copy(&m.descriptor, d, err);
	if (rc)
		return rc;
	if (known && !may_come(a, &m)) {
		oci_descriptor_release(&m.descriptor);
		return 0;
	}
	/* Members of the index that is changed were checked when they were
	 * added. */
	if (oci_media_is_manifest(d->media_type) && (!a->as_is || !known))
		rc = find_platform(&m, a, err);
	if (rc == OCI_E_NOT_FOUND && a->as_is)
		rc = 0;
	if (rc || (!known && !may_come(a, &m))) {
		oci_descriptor_release(&m.descriptor);
		return rc;
	}
	a->images += join_is_image(&m);
	return join_put(a->join, &m, err);
}

static int check_count(const struct oci_index *index, struct oci_error *err)
{
	if (index->manifests.count <= JOIN_MEMBERS_MAX)
		return 0;
	return oci_fail(err, OCI_E_LIMIT,
			"an index has %zu members, the most is %d",
			index->manifests.count, JOIN_MEMBERS_MAX);
}

/* The index that is changed: its members stay as they are, and the rest of it
 * becomes the head of the new one. */
static int take_head(struct addition *a, const struct oci_descriptor *d,
		     struct oci_error *err)
{
	struct oci_index index = { 0 };
	char *text;
	int rc = read_document(&text, a, d, err);

	if (!rc)
		rc = oci_index_parse(&index, text, (size_t)d->size,
				     d->media_type, err);
	free(text);
	if (!rc)
		rc = check_count(&index, err);
	for (size_t i = 0; !rc && i < index.manifests.count; i++)
		rc = take_member(a, &index.manifests.items[i], err);
	if (rc) {
		oci_index_release(&index);
		return rc;
	}
	oci_descriptors_release(&index.manifests);
	oci_index_release(&a->join->head);
	a->join->head = index;
	return oci_text_set(&a->join->head.media_type, d->media_type, err);
}

static int enter(void *data, const struct oci_visit *visit,
		 struct oci_error *err)
{
	int rc;

	if (oci_media_is_index(visit->descriptor->media_type))
		return 0;
	rc = take_member(data, visit->descriptor, err);
	return rc ? rc : OCI_WALK_PAST;
}

static int check_index(void *data, const struct oci_visit *visit,
		       struct oci_error *err)
{
	(void)data;
	return visit->status ? visit->status : check_count(visit->index, err);
}

/* The members of an index and of the indexes in it. */
static int take_index(struct addition *a, const struct oci_descriptor *d,
		      struct oci_error *err)
{
	const struct oci_walk_options options = {
		.enter = enter,
		.read = check_index,
		.data = a,
	};

	return oci_walk_run(&a->walk, a->store, d, &options, err);
}

/* Adds a manifest without an index: its platform is that of the config. */
static int take_manifest(struct addition *a, const struct oci_descriptor *image,
			 struct oci_error *err)
{
	struct oci_descriptor d = {
		.digest = image->digest, .size = image->size,
	};
	int rc = oci_text_copy(&d.media_type, image->media_type, err);

	if (!rc)
		rc = oci_text_set(&d.artifact_type, image->artifact_type, err);
	if (!rc)
		rc = take_member(a, &d, err);
	oci_descriptor_release(&d);
	return rc;
}

static int take_any(struct addition *a, const struct oci_descriptor *image,
		    struct oci_error *err)
{
	if (oci_media_is_index(image->media_type))
		return a->as_is ? take_head(a, image, err)
				: take_index(a, image, err);
	if (oci_media_is_manifest(image->media_type))
		return take_manifest(a, image, err);
	return oci_fail(err, OCI_E_UNSUPPORTED,
			"'%s' is not the media type of an image",
			image->media_type);
}

/* The limits of a walk are for all documents of the join. */
static int take(struct addition *a, const struct oci_descriptor *image,
		struct oci_error *err)
{
	int rc;

	a->walk = (struct oci_walk){
		.watch = &a->join->watch,
		.documents = a->join->documents,
		.bytes = a->join->bytes,
	};
	rc = take_any(a, image, err);
	a->join->documents = a->walk.documents;
	a->join->bytes = a->walk.bytes;
	oci_walk_release(&a->walk);
	return rc;
}

static int fail_without(const struct addition *a, struct oci_error *err)
{
	if (a->other[0])
		return oci_fail(err, OCI_E_NOT_FOUND,
				"it has no image for the "
				"platforms that are wanted, only for %s",
				a->other);
	return oci_fail(err, OCI_E_UNSUPPORTED,
			"it is not an image with a "
			"platform: an artifact cannot be a member");
}

int oci_join_start(struct oci_join *join, struct oci_store *store,
		   const struct oci_descriptor *image, struct oci_error *err)
{
	struct addition a = {
		.join = join, .store = store,
		.as_is = oci_media_is_index(image->media_type),
	};
	int rc;

	if (join->count || join->names.count)
		return oci_fail(err, OCI_E_INVALID,
				"the join has members already");
	rc = take(&a, image, err);
	if (!rc && !a.as_is && !a.images)
		rc = fail_without(&a, err);
	join_sweep(join);
	return rc;
}

int oci_join_add(struct oci_join *join, struct oci_store *store,
		 const struct oci_descriptor *image, const char *name,
		 struct oci_error *err)
{
	struct addition a = { .join = join, .store = store };
	int rc = oci_strings_add(&join->names, name, err);

	if (rc)
		return rc;
	a.source = join->names.count;
	rc = take(&a, image, err);
	if (rc == OCI_E_CONFLICT)
		return rc;
	if (!rc && !a.images)
		rc = fail_without(&a, err);
	join_sweep(join);
	return rc ? oci_wrap(err, rc, "'%s'", name) : 0;
}
