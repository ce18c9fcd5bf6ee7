/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack copy, push and pull: copy an image to one or more destinations. */
#include "copy.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static void on_progress(void *data, const struct oci_progress *progress)
{
	const struct copy_command *c = data;

	/* For registries, the log has each request. */
	if (c->remote.verbose && progress->ended)
		say(stderr, "copied %s\n", progress->what);
}

static void on_note(void *data, const char *note)
{
	(void)data;
	say(stderr, "%s\n", note);
}

static void say_result(const struct copy_command *c,
		       const struct copy_target *target)
{
	FILE *out = result_stream(target->text);

	if (c->remote.dry_run && !c->remote.quiet) {
		dry_run_print(&c->remote.totals);
		return;
	}
	if (c->remote.quiet) {
		say(out, "%s\n", target->copy.digest.text);
		return;
	}
	say(out, "%s %s\n", target->text, target->copy.digest.text);
	if (target->repository)
		say_pushed(target->repository);
	if (target->load.engine)
		engine_say(&target->load);
	copy_say_names(target);
}

/* Copies to one target and names the copy; nothing is committed. */
static int copy_to(struct copy_command *c, struct copy_target *target,
		   struct opened *from, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	int rc;

	options.platform = c->platforms.count ? c->platforms.items : NULL;
	options.referrers = c->referrers;
	options.cancelled = interrupted_flag();
	options.progress = on_progress;
	options.progress_data = c;
	options.note = on_note;
	if (c->platforms.count > 1)
		rc = copy_platforms(&target->copy, target->store, from, c,
				    &options, err);
	else
		rc = oci_store_copy(&target->copy, target->store, from->store,
				    &from->image, &options, err);
	if (!rc)
		rc = copy_name(target, &c->tags, from, err);
	return rc ? rc
		  : results_add(&c->results, target->text, target->store,
				target->repository, &target->name,
				&target->copy, err);
}

/* stderr if a destination is standard output. */
static FILE *results_stream(const struct copy_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (result_stream(targets->items[i].text) == stderr)
			return stderr;
	return stdout;
}

/* An upload tells more than the reading of what is uploaded. */
static unsigned hidden(const struct copy_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i].repository)
			return 1u << OCI_ACTIVITY_READ;
	return 0;
}

/* Prepares all targets before the first commit, so that a destination that
 * fails leaves the others unchanged. */
static int copy_all(struct copy_command *c, struct copy_targets *targets,
		    struct opened *from, struct oci_error *err)
{
	int rc = 0;

	remote_begin_progress(&c->remote, hidden(targets));
	for (size_t i = 0; !rc && i < targets->count; i++)
		rc = copy_to(c, &targets->items[i], from, err);
	if (!rc)
		rc = results_prepare(&c->results, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		if (!targets->items[i].shared)
			rc = oci_store_prepare(targets->items[i].store, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		if (!targets->items[i].shared)
			rc = oci_store_commit(targets->items[i].store, err);
	if (!rc)
		rc = results_publish(&c->results, err);
	progress_end(!rc);
	if (!rc && c->results.json) {
		results_print(&c->results, results_stream(targets));
		return 0;
	}
	for (size_t i = 0; !rc && i < targets->count; i++)
		say_result(c, &targets->items[i]);
	return rc;
}

/* A dry run: prints the steps for one repository after the other. */
static int plan_all(struct copy_command *c, struct copy_targets *targets,
		    struct opened *from, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < targets->count; i++) {
		struct copy_target *target = &targets->items[i];

		c->remote.totals = (struct dry_run){ .quiet = c->remote.quiet };
		rc = copy_to(c, target, from, err);
		if (!rc)
			rc = oci_store_commit(target->store, err);
		if (!rc)
			say_result(c, target);
	}
	return rc;
}

/* --username is for the destination, if that is a registry. */
static int claim_destination(struct copy_command *c, char **names, int count,
			     struct oci_error *err)
{
	/* copy has options for each side. */
	size_t claimed = c->verb == PUSH ? (size_t)count - 1 : c->verb == COPY;

	return remote_claim_names(&c->remote, names + 1, claimed, err);
}

static int run(struct copy_command *c, char **names, int count)
{
	struct copy_targets targets = { 0 };
	struct opened from = { 0 };
	struct oci_error err;
	int rc = claim_destination(c, names, count, &err);

	if (!rc)
		rc = opened_init_side(&from, names[0], &c->remote,
				      c->verb == COPY ? &c->remote.src : NULL,
				      &err);
	if (!rc)
		rc = copy_targets_open(
			&targets,
			c->verb == PULL ? (char *const *)&c->output : names + 1,
			c->verb == PULL ? 1 : (size_t)count - 1, &from, c,
			&err);
	if (!rc)
		rc = c->remote.dry_run ? plan_all(c, &targets, &from, &err)
				       : copy_all(c, &targets, &from, &err);
	copy_targets_release(&targets);
	opened_release(&from);
	return rc ? say_error(&err) : EXIT_DONE;
}

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

static int check_names(const struct copy_command *c, int count)
{
	if (c->verb == PULL && (count != 1 || !c->output))
		return say_usage(c->name, "one REF and -o OUTPUT are needed");
	if (c->remote.dry_run && results_wanted(&c->results))
		return say_usage(c->name, "--dry-run has no results");
	if (c->verb != PULL && count < 2)
		return say_usage(c->name,
				 "an image and where it goes are needed, such "
				 "as app.tar ghcr.io/owner/app:1");
	return results_check(&c->results, c->name, c->output);
}

static int command(struct copy_command *c, const struct command *command,
		   int argc, char **argv)
{
	int status = options_parse(command, command->name, c, argc, argv);

	c->name = command->name;
	if (status < 0)
		status = check_names(c, argc - optind);
	for (int i = optind + 1; status < 0 && c->verb == COPY && i < argc; i++)
		status = results_check(&c->results, c->name, argv[i]);
	if (status < 0 && c->verb == COPY)
		status = remote_check_sides(&c->remote, argv + optind,
					    argc - optind);
	if (status < 0)
		status = remote_ready(&c->remote, c->name);
	catch_signals();
	if (status < 0)
		status = run(c, argv + optind, argc - optind);
	remote_release(&c->remote);
	oci_strings_release(&c->tags);
	results_release(&c->results);
	free(c->platforms.items);
	return status;
}

static int run_copy(int argc, char **argv)
{
	struct copy_command c = { .verb = COPY };

	return command(&c, &command_copy, argc, argv);
}

static int run_push(int argc, char **argv)
{
	struct copy_command c = { .verb = PUSH };

	return command(&c, &command_push, argc, argv);
}

static int run_pull(int argc, char **argv)
{
	struct copy_command c = { .verb = PULL };

	return command(&c, &command_pull, argc, argv);
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
		    { &inflate_options, AT(remote) } },
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
		    { &inflate_options, AT(remote) } },
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
		    { &registry_options, AT(remote) } },
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
