/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack tags: lists the tags of a repository, or the names of a layout or
 * archive. */
#include <getopt.h>
#include <string.h>

#include "remote.h"

struct options {
	struct remote_options remote;
	bool json;
};

static int read_registry(struct oci_strings *out,
			 const struct oci_reference *name,
			 struct remote_options *options, struct oci_error *err)
{
	struct oci_registry *registry = NULL;
	int rc = remote_open_for(&registry, options, name->host, err);

	if (!rc)
		rc = oci_repository_tags(out, registry, name, err);
	oci_registry_free(registry);
	return rc;
}

static int read_names(struct oci_strings *out, const struct oci_store *store,
		      struct oci_error *err)
{
	const struct oci_descriptors *list = oci_store_names(store);
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		const char *name = image_entry_name(&list->items[i]);

		if (name)
			rc = oci_strings_add(out, name, err);
	}
	return rc;
}

static int read_local(struct oci_strings *out, const char *text,
		      struct oci_error *err)
{
	struct oci_store *store = NULL;
	struct image_name name;
	int rc = image_name_parse(&name, text, err);

	if (rc)
		return rc;
	rc = image_open_store(&store, &name, err);
	if (!rc)
		rc = read_names(out, store, err);
	oci_store_free(store);
	image_name_release(&name);
	return rc;
}

static void print(const struct oci_strings *tags, bool json)
{
	for (size_t i = 0; i < tags->count; i++) {
		if (json) {
			say(stdout, i ? ",\n  " : "[\n  ");
			say_json(stdout, tags->items[i]);
		} else {
			say(stdout, "%s\n", tags->items[i]);
		}
	}
	if (json)
		say(stdout, tags->count ? "\n]\n" : "[]\n");
}

static int run(const char *text, struct options *options)
{
	struct oci_strings tags = { 0 };
	struct oci_reference name;
	struct oci_error err;
	int rc = sandbox_images(&options->remote, (char *[]){ (char *)text }, 1,
				NULL, &err);

	if (!rc && remote_name(&name, text))
		rc = read_registry(&tags, &name, &options->remote, &err);
	else if (!rc && !(rc = remote_check_name(text, &err)))
		rc = read_local(&tags, text, &err);
	if (rc)
		say_error(&err);
	else
		print(&tags, options->json);
	oci_strings_release(&tags);
	return rc ? EXIT_FAILED : EXIT_DONE;
}

static int run_tags(int argc, char **argv)
{
	struct options options = { 0 };
	int status = options_parse(&command_tags, "tags", &options, argc, argv);

	if (status < 0 && optind + 1 != argc)
		status = say_usage("tags", "one NAME is needed");
	if (status < 0)
		status = remote_ready(&options.remote, "tags");
	catch_signals();
	if (status < 0)
		status = run(argv[optind], &options);
	remote_release(&options.remote);
	return status;
}

#define AT(member) offsetof(struct options, member)

static const struct cli_option own[] = {
	{ "json", 0, NULL, "print a JSON array of strings", AT(json), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_tags = {
	.name = "tags",
	.summary = "list the tags of a repository, or the names of a layout",
	.usage = "tags [options] NAME",
	.about = "Lists the tags of a repository in a registry (a NAME with a "
		 "host, such as ghcr.io/team/app), or the names of the images "
		 "of a layout or archive (DIR or FILE.tar), one on each line.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "of a repository",
		  "oci-pack tags ghcr.io/owner/app" },
		{ "the names of the images in an archive",
		  "oci-pack tags app.tar" },
		{ "for a program",
		  "oci-pack tags --json ghcr.io/owner/app" },
	},
	.run = run_tags,
};
