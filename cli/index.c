/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack index: joins images of several platforms. */
#include "index.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static int open_images(struct index_images *images, struct index_command *c,
		       struct oci_error *err)
{
	int rc = 0;

	images->items = calloc(images->count, sizeof(*images->items));
	if (!images->items)
		return fail_nomem(err);
	if (!c->remote.host[0])
		rc = remote_claim_names(&c->remote, images->names,
					images->count, err);
	for (size_t i = 0; !rc && i < images->count; i++)
		rc = opened_init(&images->items[i], images->names[i],
				 &c->remote, err);
	return rc;
}

static int enter_sandbox(struct index_command *c, const char *text,
			 const struct index_images *images,
			 struct oci_error *err)
{
	struct sandbox sandbox = { .remote = &c->remote };
	int rc = sandbox_add_destination(&sandbox, NULL, text, err);

	if (!rc)
		rc = results_add_to_sandbox(&c->results, &sandbox, err);
	for (size_t i = 0; !rc && c->verb != INDEX_REMOVE && i < images->count;
	     i++)
		rc = sandbox_add_image(&sandbox, NULL, images->names[i], err);
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}

static int run(struct index_command *c, char **names, int count)
{
	const char *text = c->output ? c->output : *names++;
	struct index_images images = {
		.names = names,
		.count = (size_t)count - (c->output ? 0 : 1),
	};
	struct oci_reference name;
	struct oci_error err = {0};
	int rc = enter_sandbox(c, text, &images, &err);

	/* --username is for the destination, if that is a registry. */
	if (remote_name(&name, text))
		snprintf(c->remote.host, sizeof(c->remote.host), "%s",
			 name.host);
	if (!rc && c->verb != INDEX_REMOVE)
		rc = open_images(&images, c, &err);
	if (!rc)
		rc = index_make(c, text, &images, &err);
	for (size_t i = 0; images.items && i < images.count; i++)
		opened_release(&images.items[i]);
	free(images.items);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int check(const struct index_command *c, int count)
{
	bool images = c->verb != INDEX_REMOVE;

	if (c->output && c->verb != INDEX_CREATE)
		return say_usage(c->name, "-o is for create: the index stays "
					  "where it is");
	if (c->remote.dry_run && results_wanted(&c->results))
		return say_usage(c->name, "--dry-run has no results");
	if (!images &&
	    (c->platforms.count || c->no_attestations || c->referrers))
		return say_usage(c->name,
				 "--platform, --no-attestations and "
				 "--referrers are for create and append");
	if (count < (c->output ? 1 : 2))
		return say_usage(c->name, "%s are needed",
				 c->output ? "images"
				 : images  ? "the name of the index and images"
					   : "the index and platforms");
	return results_check(&c->results, c->name, c->output);
}

static int run_index(int argc, char **argv)
{
	static const char *const verbs[] = {
		[INDEX_CREATE] = "index create",
		[INDEX_APPEND] = "index append",
		[INDEX_REMOVE] = "index remove",
	};
	const char *verb = argc > 1 ? argv[1] : "";
	struct index_command c = { .name = "index" };
	int status;

	for (size_t i = 0; i < 3; i++)
		if (strcmp(verb, verbs[i] + strlen("index ")) == 0) {
			c.verb = (enum index_verb)i;
			c.name = verbs[i];
		}
	if (c.name == verbs[c.verb])
		argc--, argv++;
	else if (*verb && *verb != '-')
		return say_usage("index",
				 "'%s' is unknown: the commands are "
				 "create, append or remove",
				 verb);
	status = options_parse(&command_index, c.name, &c, argc, argv);
	if (status < 0 && c.name != verbs[c.verb])
		status = say_usage("index",
				   "create, append or remove is needed");
	if (status < 0)
		status = check(&c, argc - optind);
	if (status < 0)
		status = remote_ready(&c.remote, c.name);
	catch_signals();
	if (status < 0)
		status = run(&c, argv + optind, argc - optind);
	index_release_options(&c);
	return status;
}

#define AT(member) offsetof(struct index_command, member)

static const struct cli_option own[] = {
	{ "output", 'o', "DEST", "FILE.tar, DIR or oci:DIR[:TAG]", AT(output),
	  NULL },
	{ "platform", 0, "P[,P]", "of each IMAGE, only these platforms",
	  AT(platforms), take_platforms },
	{ "annotation", 0, "[WHERE:]KEY=VALUE",
	  "WHERE is index (the default), manifest-descriptor or "
	  "manifest-descriptor[PLATFORM]; may be repeated",
	  0, index_take_annotation },
	{ "no-attestations", 0, NULL,
	  "leave out the attestations of the images", AT(no_attestations),
	  NULL },
	{ "referrers", 0, NULL,
	  "also copy the manifests that refer to the images, such as "
	  "signatures",
	  AT(referrers), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_index = {
	.name = "index",
	.summary = "make one image of several platforms",
	.usage = "index create [options] REF IMAGE...\n"
		 "index create [options] -o DEST IMAGE...\n"
		 "index append [options] REF|LAYOUT IMAGE...\n"
		 "index remove [options] REF|LAYOUT PLATFORM...",
	.about = "Joins images of several platforms to one index. IMAGE is a "
		 "REF, FILE.tar, DIR or oci:DIR[:TAG], of one platform or of "
		 "several. Layers are not downloaded: blobs of REF's "
		 "repository stay there, and those of another repository of "
		 "the registry are mounted.\n\n"
		 "append adds images to an index; an image for a platform that "
		 "the index has replaces the earlier one. remove takes "
		 "platforms or digests out of an index.",
	.groups = { { &own_options, 0 },
		    { &dry_run_option, AT(remote) },
		    { &quiet_option, AT(remote) },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &results_options, AT(results) },
		    { &registry_options, AT(remote) },
		    { &upload_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "push what two machines packed as one image",
		  "oci-pack index create ghcr.io/owner/app:1 riscv64.tar "
		  "arm64.tar" },
		{ "add a platform later, or replace it",
		  "oci-pack index append ghcr.io/owner/app:1 amd64.tar" },
		{ "take one out",
		  "oci-pack index remove ghcr.io/owner/app:1 linux/amd64" },
	},
	.run = run_index,
};
