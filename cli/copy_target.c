/* SPDX-License-Identifier: Apache-2.0 */
/* The destinations of copy, push and pull. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "copy.h"

/* Blobs of a source in the same registry are mounted. */
static int open_remote(struct copy_target *out, const struct opened *from,
		       struct copy_command *c, struct oci_error *err)
{
	struct oci_strings mounts = { 0 };
	/* Each REF of push may be in another registry; copy has options for
	 * each side. */
	int rc = c->verb == PUSH ? remote_open_for(&out->registry, &c->remote,
						   out->name.host, err)
				 : remote_open_side(&out->registry, &c->remote,
						    &c->remote.dest,
						    out->name.host, err);

	if (!rc && from->registry &&
	    strcmp(from->name.host, out->name.host) == 0 &&
	    strcmp(from->name.path, out->name.path) != 0)
		rc = oci_strings_add(&mounts, from->name.path, err);
	for (size_t i = 0; !rc && i < c->remote.mount_from.count; i++)
		rc = oci_strings_add(&mounts, c->remote.mount_from.items[i],
				     err);
	if (!rc)
		rc = oci_repository_create(&out->repository, out->registry,
					   &out->name, &mounts, err);
	if (!rc)
		out->store = oci_repository_store(out->repository);
	oci_strings_release(&mounts);
	return rc;
}

static int fail_digest(const char *text, struct oci_error *err)
{
	return oci_error_set(
		err, OCI_E_INVALID,
		"'%.500s': a destination cannot name a digest: write REPO:TAG, "
		"or REPO@ to push without a tag",
		text);
}

static int fail_tags(const char *text, struct oci_error *err)
{
	return oci_error_set(
		err, OCI_E_INVALID,
		"'%.500s' has a name of its own: -t is for archives and "
		"layouts without one",
		text);
}

/* Lets *out borrow the store of an earlier target in the same layout, archive
 * or repository: two stores of one layout would wait for each other's lock, and
 * two of one repository would send every blob twice. */
static bool share_store(struct copy_target *out,
			const struct copy_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		struct copy_target *other = &targets->items[i];
		struct stat a, b;
		bool same;

		if (!other->store || other->shared || other->load.engine ||
		    !out->path != !other->path)
			continue;
		if (out->path)
			same = stat(out->path, &a) == 0 &&
			       stat(other->path, &b) == 0 &&
			       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
		else
			same = strcmp(out->name.host, other->name.host) == 0 &&
			       strcmp(out->name.path, other->name.path) == 0;
		if (!same)
			continue;
		out->store = other->store;
		out->registry = other->registry;
		return out->shared = true;
	}
	return false;
}

static int open_file(struct copy_target *out, struct copy_targets *targets,
		     const struct image_name *name, struct copy_command *c,
		     struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	int rc;

	if (name->tag && c->tags.count)
		return fail_tags(out->text, err);
	rc = image_name_check_output(name, err);
	if (!rc && name->tag)
		rc = oci_tag_check(name->tag, err);
	if (rc)
		return rc;
	out->archive = !name->layout;
	if (name->tag) {
		snprintf(out->name.tag, sizeof(out->name.tag), "%s", name->tag);
		out->named = true;
	}
	out->path = strdup(name->path);
	if (!out->path)
		return fail_nomem(err);
	if (share_store(out, targets))
		return 0;
	options.temp_dir = temp_dir();
	if (c->platforms.count)
		options.platform = c->platforms.items;
	return name->layout ? oci_layout_create(&out->store, name->path, err)
			    : oci_archive_create(&out->store, name->path,
						 &options, err);
}

static int open_local(struct copy_target *out, struct copy_targets *targets,
		      struct copy_command *c, struct oci_error *err)
{
	struct image_name name;
	int rc = c->verb == PULL ? 0 : remote_check_name(out->text, err);

	if (rc)
		return rc;
	if (c->verb == PUSH)
		return refuse_name(out->text, err);
	if (c->remote.dry_run)
		return oci_error_set(
			err, OCI_E_INVALID,
			"--dry-run is for registries, not for '%s'", out->text);
	rc = image_name_parse(&name, out->text, err);
	if (rc)
		return rc;
	rc = open_file(out, targets, &name, c, err);
	image_name_release(&name);
	return rc;
}

/* The platforms of the copy; *out is freed by the caller. */
static int list_platforms(struct oci_platform **out, size_t *count,
			  const struct opened *from,
			  const struct copy_command *c, struct oci_error *err)
{
	const struct oci_platform *wanted = c->platforms.items;
	struct oci_descriptors images = { 0 };
	size_t n = c->platforms.count;
	int rc = n ? 0
		   : oci_store_images(&images, from->store, &from->image, err);

	*count = 0;
	if (rc)
		return rc;
	*out = calloc(n + images.count + 1, sizeof(**out));
	for (size_t i = 0; *out && i < n; i++)
		(*out)[(*count)++] = wanted[i];
	for (size_t i = 0; *out && i < images.count; i++)
		if (images.items[i].has_platform)
			(*out)[(*count)++] = images.items[i].platform;
	oci_descriptors_release(&images);
	return *out ? 0 : fail_nomem(err);
}

static int open_engine(struct copy_target *out, enum oci_engine_kind kind,
		       const char *name, const struct opened *from,
		       const struct copy_command *c, struct oci_error *err)
{
	struct oci_platform *platforms = NULL;
	size_t count;
	int rc = 0;

	if (c->remote.dry_run)
		return oci_error_set(
			err, OCI_E_INVALID,
			"--dry-run is for registries, not for '%s'", out->text);
	if (*name && c->tags.count)
		return fail_tags(out->text, err);
	if (*name)
		rc = oci_reference_parse(&out->name, name, err);
	if (!rc && out->name.digest.text[0])
		return fail_digest(out->text, err);
	out->named = *name != '\0';
	out->archive = true;
	if (out->named && !out->name.tag[0])
		memcpy(out->name.tag, "latest", sizeof("latest"));
	if (!rc)
		rc = list_platforms(&platforms, &count, from, c, err);
	if (!rc)
		rc = engine_open(&out->load, kind, platforms, count, 0, err);
	free(platforms);
	out->store = out->load.store;
	return rc;
}

static int open_one(struct copy_target *out, struct copy_targets *targets,
		    const struct opened *from, struct copy_command *c,
		    struct oci_error *err)
{
	enum oci_engine_kind kind;
	const char *name;

	if (c->verb != PUSH && engine_destination(&kind, &name, out->text))
		return open_engine(out, kind, name, from, c, err);
	if (c->verb == PULL ||
	    !remote_destination(&out->name, &out->by_digest, out->text))
		return open_local(out, targets, c, err);
	if (c->tags.count)
		return fail_tags(out->text, err);
	if (out->name.digest.text[0])
		return fail_digest(out->text, err);
	out->named = true;
	/* A dry run prints the steps for each destination. */
	if (!c->remote.dry_run && share_store(out, targets))
		return 0;
	return open_remote(out, from, c, err);
}

int copy_targets_open(struct copy_targets *out, char *const *texts,
		      size_t count, const struct opened *from,
		      struct copy_command *c, struct oci_error *err)
{
	int rc = 0;

	*out = (struct copy_targets){
		.items = calloc(count + 1, sizeof(*out->items)),
	};
	if (!out->items)
		return fail_nomem(err);
	while (!rc && out->count < count) {
		struct copy_target *target = &out->items[out->count];

		target->text = texts[out->count];
		rc = open_one(target, out, from, c, err);
		out->count++;
		if (!rc)
			oci_store_watch(target->store, interrupted_flag());
	}
	return rc;
}

void copy_targets_release(struct copy_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		struct copy_target *target = &targets->items[i];

		free(target->path);
		oci_descriptor_release(&target->copy);
		if (target->shared)
			continue;
		oci_store_free(target->store);
		engine_release(&target->load);
		oci_registry_free(target->registry);
	}
	free(targets->items);
}
