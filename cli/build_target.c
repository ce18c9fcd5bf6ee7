/* SPDX-License-Identifier: Apache-2.0 */
/* The outputs of build: opens and names them, and prints the results. */
#include "build_target.h"

#include <stdlib.h>
#include <string.h>

static int open_local(struct build_target *out, const char *path, bool layout,
		      int64_t epoch, const struct oci_spec *spec,
		      struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	size_t count;

	if (layout)
		return oci_layout_create(&out->store, path, err);
	options.mtime = epoch >= 0 ? epoch : 0;
	options.platform = oci_spec_platforms(spec, &count);
	options.temp_dir = temp_dir();
	out->archive = true;
	return oci_archive_create(&out->store, path, &options, err);
}

int build_target_local(struct build_target *out,
		       const struct build_options *options, int64_t epoch,
		       const struct oci_spec *spec, struct oci_error *err)
{
	struct image_name name;
	int rc = image_name_parse(&name, options->output, err);

	out->text = options->output;
	if (rc)
		return rc;
	rc = build_names_make(&out->names, options, spec, err);
	if (!rc)
		rc = build_check_output(name.path, spec, options->spec, err);
	if (!rc && name.tag)
		rc = oci_tag_check(name.tag, err);
	if (!rc)
		rc = open_local(out, name.path, name.layout, epoch, spec, err);
	if (!rc)
		oci_store_watch(out->store, interrupted_flag());
	out->tag = name.tag;
	name.tag = NULL;
	image_name_release(&name);
	return rc;
}

int build_target_load(struct build_target *out,
		      const struct build_options *options, int64_t epoch,
		      const struct oci_spec *spec, struct oci_error *err)
{
	const struct oci_platform *platforms;
	size_t count;
	int rc = build_names_make(&out->names, options, spec, err);

	platforms = oci_spec_platforms(spec, &count);
	if (!rc)
		rc = engine_open(&out->load, options->load.kind, platforms,
				 count, epoch, err);
	if (rc)
		return rc;
	out->text =
		options->load.kind == OCI_ENGINE_PODMAN ? "podman" : "docker";
	out->store = out->load.store;
	out->silent = options->output != NULL;
	oci_store_watch(out->store, interrupted_flag());
	return 0;
}

int build_target_push(struct build_target *out, struct oci_registry **registry,
		      struct build_options *options, const char *reference,
		      const struct oci_spec *spec, struct oci_error *err)
{
	int rc = build_names_push(&out->names, options, reference, spec, err);

	out->text = reference;
	if (!rc)
		rc = remote_claim(&options->remote, out->names.items[0].host,
				  err);
	if (!rc && !*registry)
		rc = remote_open(registry, &options->remote, err);
	if (rc)
		return rc;
	rc = oci_repository_create(&out->repository, *registry,
				   &out->names.items[0],
				   &options->remote.mount_from, err);
	if (rc)
		return rc;
	out->store = oci_repository_store(out->repository);
	oci_store_watch(out->store, interrupted_flag());
	return 0;
}

/* The tag of oci:DIR:TAG replaces all names. */
int build_target_name(struct build_target *target,
		      const struct oci_descriptor *image,
		      struct oci_error *err)
{
	struct oci_reference tag = {0};
	int rc = 0;

	if (target->tag) {
		snprintf(tag.tag, sizeof(tag.tag), "%s", target->tag);
		return oci_store_tag(target->store, &tag, image, err);
	}
	if (!target->names.count)
		return oci_store_tag(target->store, NULL, image, err);
	for (size_t i = 0; !rc && i < target->names.count; i++)
		rc = oci_store_tag(target->store, &target->names.items[i],
				   image, err);
	return rc;
}

int build_target_result(const struct build_target *target,
			struct results *results,
			const struct oci_descriptor *image,
			struct oci_error *err)
{
	return results_add(results, target->text, target->store,
			   target->repository,
			   target->names.count ? &target->names.items[0] : NULL,
			   image, err);
}

void build_target_say(const struct build_target *target,
		      const struct oci_descriptor *image, FILE *out)
{
	char name[OCI_REFERENCE_TEXT];

	/* -o has the same names. */
	for (size_t i = 0; !target->silent && i < target->names.count; i++) {
		oci_reference_familiar(name, &target->names.items[i]);
		say(out, "%s %s\n", name, image->digest.text);
	}
	if (!target->silent && !target->names.count)
		say(out, "%s\n", image->digest.text);
	if (target->repository)
		say_pushed(target->repository);
	if (target->load.engine)
		engine_say(&target->load);
}

void build_target_release(struct build_target *target)
{
	oci_store_free(target->store);
	engine_release(&target->load);
	build_names_release(&target->names);
	free(target->tag);
}
