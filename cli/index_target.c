/* SPDX-License-Identifier: Apache-2.0 */
/* The index that is read, and the destination of the new one. */
#include "index.h"

#include <string.h>

static int fail(struct oci_error *err, const char *text, const char *what)
{
	return oci_error_set(err, OCI_E_INVALID, "'%.500s' %s", text, what);
}

/* Completes a name in a registry with its tag. */
static int name_remote(struct oci_reference *name, const char *text,
		       struct oci_error *err)
{
	if (name->digest.text[0])
		return fail(err, text, "has a digest: an index goes to a tag");
	if (!name->tag[0])
		memcpy(name->tag, "latest", sizeof("latest"));
	return 0;
}

int index_target_read(struct index_target *target, const char *text,
		      struct index_command *c, struct oci_error *err)
{
	struct oci_reference reference;
	struct image_name name;
	bool layout;
	int rc = 0;

	if (remote_name(&reference, text)) {
		rc = name_remote(&reference, text, err);
	} else {
		rc = image_name_parse(&name, text, err);
		if (rc)
			return rc;
		layout = name.layout;
		image_name_release(&name);
		if (!layout)
			return fail(err, text, "is an archive, which is only "
				    "written whole: change a layout, and copy "
				    "it to an archive");
	}
	if (!rc)
		rc = opened_init(&target->now, text, &c->remote, err);
	if (rc == OCI_E_NOT_FOUND)
		oci_error_advise(err, rc,
				 "'oci-pack index create' makes an index");
	return rc;
}

static int open_remote(struct index_target *target, const char *text,
		       struct index_command *c, struct oci_error *err)
{
	int rc = name_remote(&target->name, text, err);

	if (!rc)
		rc = remote_open_for(&target->registry, &c->remote,
				     target->name.host, err);
	if (!rc)
		rc = oci_repository_create(&target->repository,
					   target->registry, &target->name,
					   &c->remote.mount_from, err);
	if (rc)
		return rc;
	target->store = oci_repository_store(target->repository);
	if (c->verb != INDEX_CREATE)
		oci_repository_expect(target->repository,
				      &target->now.image.digest);
	return 0;
}

static int open_local(struct index_target *target,
		      const struct image_name *name,
		      const struct index_command *c, struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	int rc = name->tag ? oci_tag_check(name->tag, err) : 0;

	options.temp_dir = temp_dir();
	if (rc)
		return rc;
	if (name->tag)
		snprintf(target->name.tag, sizeof(target->name.tag), "%s",
			 name->tag);
	if (!name->layout)
		return oci_archive_create(&target->store, name->path,
					  &options, err);
	rc = oci_layout_create(&target->store, name->path, err);
	return rc || c->verb == INDEX_CREATE
		       ? rc
		       : oci_layout_expect(target->store, name->tag,
					   &target->now.image.digest, err);
}

static int open_target(struct index_target *target, const char *text,
		       struct index_command *c, struct oci_error *err)
{
	struct image_name name;
	int rc;

	target->name = (struct oci_reference){0};
	if (remote_name(&target->name, text))
		return open_remote(target, text, c, err);
	if (!c->output && remote_check_name(text, err))
		return OCI_E_INVALID;
	if (c->verb == INDEX_CREATE && !c->output)
		return fail(err, text, "is no name in a registry, such as "
			    "ghcr.io/owner/image:tag: -o is for layouts and "
			    "archives");
	if (c->remote.dry_run)
		return fail(err, text, "is no registry's: --dry-run is for "
			    "those");
	rc = image_name_parse(&name, text, err);
	if (rc)
		return rc;
	rc = image_name_check_output(&name, err);
	if (!rc)
		rc = open_local(target, &name, c, err);
	image_name_release(&name);
	return rc;
}

int index_target_open(struct index_target *target, const char *text,
		      struct index_command *c, struct oci_error *err)
{
	int rc = open_target(target, text, c, err);

	if (!rc)
		oci_store_watch(target->store, interrupted_flag());
	return rc;
}

/* Reads the name of an entry of index.json; out->tag stays empty if the entry
 * has none. */
static int read_entry(struct oci_reference *out, const struct oci_descriptor *d,
		      struct oci_error *err)
{
	const char *tag = oci_pairs_get(&d->annotations,
					OCI_ANNOTATION_REF_NAME);
	const char *image = oci_pairs_get(&d->annotations,
					  OCI_ANNOTATION_IMAGE_NAME);

	if (!image || oci_reference_parse(out, image, NULL))
		*out = (struct oci_reference){0};
	if (!tag)
		return 0;
	if (strlen(tag) >= sizeof(out->tag))
		return fail(err, tag, "is too long for the name of an index");
	memset(out->tag, 0, sizeof(out->tag));
	memcpy(out->tag, tag, strlen(tag));
	return 0;
}

/* Gives the new index of a layout the names of the old one: the name on the
 * command line, or all. */
static int take_names(struct index_target *target,
		      const struct oci_descriptor *index, struct oci_error *err)
{
	const struct oci_descriptor *old = &target->now.image;
	const struct oci_descriptors *names =
		oci_store_names(target->now.store);
	const char *only = target->name.tag;
	size_t named = 0;
	int rc = 0;

	if (!only[0])
		rc = oci_store_untag(target->store, &old->digest, err);
	for (size_t i = 0; !rc && i < names->count; i++) {
		struct oci_reference name;

		if (!oci_digest_equal(&names->items[i].digest, &old->digest))
			continue;
		rc = read_entry(&name, &names->items[i], err);
		if (rc || !name.tag[0] ||
		    (only[0] && strcmp(name.tag, only) != 0))
			continue;
		rc = oci_store_tag(target->store, &name, index, err);
		named++;
	}
	return rc || named ? rc : oci_store_tag(target->store, NULL, index,
						err);
}

int index_target_name(struct index_target *target,
		      const struct oci_descriptor *index, struct oci_error *err)
{
	if (!target->registry && target->now.store)
		return take_names(target, index, err);
	return oci_store_tag(target->store,
			     target->name.tag[0] ? &target->name : NULL, index,
			     err);
}

void index_target_release(struct index_target *target)
{
	oci_store_free(target->store);
	oci_registry_free(target->registry);
	opened_release(&target->now);
	*target = (struct index_target){0};
}
