/* SPDX-License-Identifier: Apache-2.0 */
/* The options and the help of oci-pack copy, push and pull. */
#include "copy.h"

static int take_tag(void *target, const struct parse *parse, const char *value)
{
	struct oci_reference name;
	struct oci_error err;

	if (oci_reference_parse(&name, value, &err))
		return say_refused(parse->command, "-t: ", &err);
	if (name.digest.text[0])
		return say_usage(parse->command,
				 "-t '%s' has a digest, which the image has "
				 "already",
				 value);
	return take_string(target, parse, value);
}

static int run_copy(int argc, char **argv)
{
	struct copy_command c = { .verb = COPY };

	return copy_run(&c, &command_copy, argc, argv);
}

static int run_push(int argc, char **argv)
{
	struct copy_command c = { .verb = PUSH };

	return copy_run(&c, &command_push, argc, argv);
}

static int run_pull(int argc, char **argv)
{
	struct copy_command c = { .verb = PULL };

	return copy_run(&c, &command_pull, argc, argv);
}

#define AT(member) offsetof(struct copy_command, member)

static const struct cli_option output[] = {
	{ "output", 'o', "OUTPUT", "FILE.tar, DIR or oci:DIR[:TAG]", AT(output),
	  NULL },
	{ 0 },
};

static const struct cli_option parts[] = {
	{ "platform", 0, "P[,P]", "of an index, only these platforms",
	  AT(platforms), take_platforms },
	{ "referrers", 0, NULL,
	  "also copy the manifests that refer to the image, such as signatures",
	  AT(referrers), NULL },
	{ 0 },
};

static const struct cli_option tag[] = {
	{ "tag", 't', "NAME",
	  "full name of the image in an archive or layout, such as "
	  "example.com/app:1; may be repeated",
	  AT(tags), take_tag },
	{ 0 },
};

static const struct option_group output_option = { NULL,
						   "commands that write a file "
						   "or a layout",
						   output },
				 part_options = { NULL, NULL, parts },
				 tag_option = { NULL,
						"commands that write a file or "
						"a layout",
						tag };

const struct command command_copy = {
	.name = "copy",
	.summary = "copy an image between registries, layouts and archives",
	.usage = "copy [options] SOURCE DESTINATION...",
	.about =
		"Copies an image byte for byte, with all its platforms and "
		"attached manifests. SOURCE and DESTINATION are FILE.tar, DIR, "
		"oci:DIR[:TAG] or docker://REF; a REF with a host needs no "
		"docker://. docker-daemon:[NAME] and podman:[NAME] are "
		"DESTINATIONs, too: the image is loaded into Docker or Podman. "
		"SOURCE may also be dir:DIR, an archive that "
		"docker, podman, skopeo or crane saved, or FILE.tar:NAME if "
		"the archive has several images. A DESTINATION without a tag "
		"gets the tag of SOURCE's name, otherwise all tags of the "
		"image. REPO@ gets no tag.",
	.groups = { { &part_options, 0 },
		    { &tag_option, 0 },
		    { &dry_run_option, AT(remote) },
		    { &quiet_option, AT(remote) },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &results_options, AT(results) },
		    { &registry_options, AT(remote) },
		    { &side_options, AT(remote) },
		    { &upload_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.notes = "If SOURCE and DESTINATION are in different registries, use "
		 "the options with src or dest in place of --plain-http and "
		 "--insecure.",
	.examples = {
		{ "from one repository to another",
		  "oci-pack copy ghcr.io/owner/app:1 ghcr.io/other/app:1" },
		{ "an archive to a layout, by the tag 1",
		  "oci-pack copy app.tar oci:image:1" },
		{ "to several places",
		  "oci-pack copy app.tar oci:image:1 ghcr.io/owner/app:1" },
	},
	.run = run_copy,
};

const struct command command_push = {
	.name = "push",
	.summary = "push an image to registries",
	.usage = "push [options] IMAGE REF...",
	.about = "Pushes IMAGE, which is FILE.tar[:NAME], -, DIR, "
		 "oci:DIR[:TAG] or dir:DIR. A REF without a tag gets the tag "
		 "of IMAGE's name, otherwise all tags of the image. REPO@ gets "
		 "no tag.",
	.groups = { { &part_options, 0 },
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
		{ "an archive, by a new name",
		  "oci-pack push app.tar ghcr.io/owner/app:1" },
		{ "two tags in one run",
		  "oci-pack push app.tar ghcr.io/owner/app:1 "
		  "ghcr.io/owner/app:new" },
		{ "what would be sent",
		  "oci-pack push app.tar ghcr.io/owner/app:1 --dry-run" },
	},
	.run = run_push,
};

const struct command command_pull = {
	.name = "pull",
	.summary = "pull an image from a registry",
	.usage = "pull [options] REF -o OUTPUT",
	.about = "Pulls an image from a registry into an archive or an OCI "
		 "layout.",
	.groups = { { &output_option, 0 },
		    { &part_options, 0 },
		    { &tag_option, 0 },
		    { &quiet_option, AT(remote) },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &results_options, AT(results) },
		    { &registry_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "an archive for docker load",
		  "oci-pack pull ghcr.io/owner/app:1 -o app.tar" },
		{ "one platform of several",
		  "oci-pack pull ghcr.io/owner/app:1 --platform "
		  "linux/riscv64 -o app.tar" },
		{ "a layout, with signatures",
		  "oci-pack pull ghcr.io/owner/app:1 --referrers -o "
		  "oci:image:1" },
	},
	.run = run_pull,
};
