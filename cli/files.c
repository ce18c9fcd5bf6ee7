/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Refuses an image for several platforms, and names them. */
static int refuse_several(const struct oci_descriptors *list,
			  struct oci_error *err)
{
	char text[300] = "", one[OCI_PLATFORM_TEXT];
	size_t at = 0;

	for (size_t i = 0; i < list->count && at < sizeof(text); i++) {
		const struct oci_descriptor *d = &list->items[i];
		int n;

		oci_platform_format(one, &d->platform);
		n = snprintf(text + at, sizeof(text) - at, "%s%s",
			     at ? ", " : "",
			     d->has_platform ? one : d->digest.text);
		at += n > 0 ? (size_t)n : 0;
	}
	return oci_error_set(err, OCI_E_INVALID,
			     "the image is for several platforms: choose one "
			     "with --platform: %s",
			     text);
}

int files_choose(struct files *out, const struct oci_platform *platform,
		 struct oci_error *err)
{
	struct oci_store *store = out->from.store;
	struct oci_descriptors list;
	int rc;

	if (platform) {
		rc = oci_image_open(&out->image, store, &out->from.image,
				    platform, err);
		out->has_image = !rc;
		return rc;
	}
	rc = oci_store_images(&list, store, &out->from.image, err);
	if (!rc && list.count > 1)
		rc = refuse_several(&list, err);
	if (!rc)
		rc = oci_image_open(&out->image, store, &out->from.image, NULL,
				    err);
	oci_descriptors_release(&list);
	out->has_image = !rc;
	return rc;
}

int files_open_name(struct files *out, const char *name,
		    struct remote_options *remote, struct oci_error *err)
{
	*out = (struct files){ 0 };
	remote_begin_progress(remote, 0);
	return opened_init(&out->from, name, remote, err);
}

int files_open(struct files *out, const char *name,
	       const struct oci_platform *platform,
	       struct remote_options *remote, struct oci_error *err)
{
	int rc = files_open_name(out, name, remote, err);

	return rc ? rc : files_choose(out, platform, err);
}

int files_apply(struct files *files, const char *path, struct oci_error *err)
{
	struct oci_rootfs_options options = OCI_ROOTFS_OPTIONS_INIT;
	int rc;

	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	if (files->from.registry)
		options.path = path;
	rc = oci_image_rootfs(&files->rootfs, files->from.store, &files->image,
			      &options, err);
	progress_end(false);
	return rc;
}

void files_release(struct files *files)
{
	oci_rootfs_free(files->rootfs);
	if (files->has_image)
		oci_image_documents_release(&files->image);
	opened_release(&files->from);
}

static int enter_sandbox(struct files_options *options, const char *image,
			 bool extract, struct oci_error *err)
{
	struct sandbox sandbox = {
		.remote = &options->remote,
		.attributes = extract && options->output &&
			      strcmp(options->output, "-") != 0,
	};
	int rc = sandbox_add_output(&sandbox, options->output, err);

	if (!rc)
		rc = sandbox_add_image(&sandbox, NULL, image, err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}

int files_run(const struct command *command, int least, int most,
	      int (*work)(struct files *files, const char *path,
			  const struct files_options *options,
			  struct oci_error *err),
	      int argc, char **argv)
{
	struct files_options options = { 0 };
	struct oci_error err;
	int status =
		options_parse(command, command->name, &options, argc, argv);
	int words = argc - optind;

	if (status < 0 && (words < least || words > most))
		status = say_usage(command->name,
				   least == most
					   ? "IMAGE and PATH are needed"
					   : "one IMAGE is needed, and at most "
					     "one PATH");
	if (status < 0)
		status = remote_ready(&options.remote, command->name);
	catch_signals();
	if (status < 0) {
		const char *path = words > 1 ? argv[optind + 1] : "/";
		struct files files = { 0 };
		int rc = enter_sandbox(&options, argv[optind],
				       command == &command_extract, &err);

		if (!rc)
			rc = files_open(&files, argv[optind],
					options.platform.count
						? options.platform.items
						: NULL,
					&options.remote, &err);

		if (!rc)
			rc = work(&files, path, &options, &err);
		files_release(&files);
		status = rc ? say_error(&err) : EXIT_DONE;
	}
	remote_release(&options.remote);
	free(options.platform.items);
	return status;
}

const char *entry_type_name(enum oci_entry_type type)
{
	switch (type) {
	case OCI_ENTRY_DIRECTORY:
		return "directory";
	case OCI_ENTRY_SYMLINK:
		return "symlink";
	case OCI_ENTRY_CHARACTER_DEVICE:
		return "character-device";
	case OCI_ENTRY_BLOCK_DEVICE:
		return "block-device";
	case OCI_ENTRY_FIFO:
		return "fifo";
	default:
		return "file";
	}
}

void say_json_entry(FILE *out, const struct oci_entry *entry)
{
	say(out,
	    "\"type\": \"%s\", \"mode\": \"%04o\", \"uid\": %u, "
	    "\"gid\": %u, \"mtime\": %lld, \"layer\": %u",
	    entry_type_name(entry->type), entry->mode, entry->uid, entry->gid,
	    (long long)entry->mtime, entry->layer);
	if (entry->type != OCI_ENTRY_SYMLINK)
		return;
	say(out, ", \"target\": ");
	say_json(out, entry->target);
}

static const struct cli_option platform[] = {
	{ "platform", 0, "P", "of an index, this platform",
	  offsetof(struct files_options, platform), take_platform },
	{ 0 },
};

const struct option_group files_platform = { NULL, NULL, platform };
