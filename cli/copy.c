/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack copy, push and pull: an image from one place to others. */
#include "copy.h"

#include <stdlib.h>
#include <string.h>

static const char copy_help[] =
	"Usage: oci-pack copy [options] SOURCE DESTINATION...\n"
	"\n"
	"Copies an image, all platforms and attached manifests included, byte\n"
	"for byte. Both are FILE.tar, DIR, oci:DIR[:TAG] or docker://REF; a\n"
	"REF with a host needs no docker://. SOURCE may also be dir:DIR, an\n"
	"archive that docker, podman, skopeo or crane saved, or FILE.tar:NAME\n"
	"where there are several images. A DESTINATION without a tag gets the\n"
	"tag that SOURCE names, else those that the image has; REPO@ gets\n"
	"none.\n"
	"\n"
	"      --dry-run           say what would be uploaded, mounted and\n"
	"                          tagged, and change nothing\n"
	"      --platform P[,P]    of an index, these platforms alone\n"
	"      --referrers         and what refers to it, such as signatures\n"
	"  -t, --tag NAME          a whole name for an archive or layout, "
	"such\n"
	"                          as example.com/app:1; may be repeated\n"
	"  -q, --quiet             print the digest and nothing else\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP UPLOAD_HELP SIDE_HELP INFLATE_HELP;

static const char push_help[] =
	"Usage: oci-pack push [options] IMAGE REF...\n"
	"\n"
	"Pushes IMAGE (FILE.tar[:NAME], -, DIR, oci:DIR[:TAG] or dir:DIR) to\n"
	"registries. A REF without a tag gets the tag that IMAGE names, else\n"
	"those that it has; REPO@ gets none.\n"
	"\n"
	"      --dry-run           say what would be uploaded, mounted and\n"
	"                          tagged, and change nothing\n"
	"      --platform P[,P]    of an index, these platforms alone\n"
	"      --referrers         and what refers to it, such as signatures\n"
	"  -q, --quiet             print the digest and nothing else\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP UPLOAD_HELP INFLATE_HELP;

static const char pull_help[] =
	"Usage: oci-pack pull [options] REF -o OUTPUT\n"
	"\n"
	"Pulls an image from a registry into FILE.tar, DIR or oci:DIR[:TAG].\n"
	"\n"
	"  -o, --output OUTPUT\n"
	"  -t, --tag NAME          a whole name for it; may be repeated\n"
	"      --platform P[,P]    of an index, these platforms alone\n"
	"      --referrers         and what refers to it, such as signatures\n"
	"  -q, --quiet             print the digest and nothing else\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP;

static int on_progress(void *data, const struct oci_progress *progress)
{
	const struct copy_command *c = data;

	/* A registry's requests are told one by one. */
	if (c->remote.verbose && progress->done == progress->total)
		say(stderr, "copied %s\n", progress->what);
	return was_interrupted();
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

	if (c->remote.dry_run && !c->quiet) {
		plan_say(&c->remote.plan);
		return;
	}
	if (c->quiet) {
		say(out, "%s\n", target->copy.digest.text);
		return;
	}
	say(out, "%s %s\n", target->text, target->copy.digest.text);
	if (target->repository)
		say_pushed(target->repository);
	copy_say_names(target);
}

/* Copies to one target and names the copy; nothing is committed. */
static int copy_to(struct copy_command *c, struct copy_target *target,
		   struct opened *from, struct oci_error *err)
{
	struct oci_copy_options options = OCI_COPY_OPTIONS_INIT;
	int rc;

	options.platform = c->platform_count ? c->platforms : NULL;
	options.referrers = c->referrers;
	options.cancelled = interrupted_flag();
	options.progress = on_progress;
	options.progress_data = c;
	options.note = on_note;
	if (c->platform_count > 1)
		rc = copy_platforms(&target->copy, target->store, from, c,
				    &options, err);
	else
		rc = oci_store_copy(&target->copy, target->store, from->store,
				    &from->image, &options, err);
	return rc ? rc : copy_name(target, &c->tags, from, err);
}

/* All targets are prepared before the first is committed: a destination that
 * fails leaves the others as they were. */
static int copy_all(struct copy_command *c, struct copy_targets *targets,
		    struct opened *from, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < targets->count; i++)
		rc = copy_to(c, &targets->items[i], from, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		if (!targets->items[i].shared)
			rc = oci_store_prepare(targets->items[i].store, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		if (!targets->items[i].shared)
			rc = oci_store_commit(targets->items[i].store, err);
	for (size_t i = 0; !rc && i < targets->count; i++)
		say_result(c, &targets->items[i]);
	return rc;
}

/* Changes nothing; tells one repository's steps after the other's. */
static int plan_all(struct copy_command *c, struct copy_targets *targets,
		    struct opened *from, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < targets->count; i++) {
		struct copy_target *target = &targets->items[i];

		c->remote.plan = (struct plan){ .quiet = c->quiet };
		rc = copy_to(c, target, from, err);
		if (!rc)
			rc = oci_store_commit(target->store, err);
		if (!rc)
			say_result(c, target);
	}
	return rc;
}

/* --username is for where it goes, if that is a registry. */
static int claim_destination(struct copy_command *c, char **names, int count,
			     struct oci_error *err)
{
	/* Destinations of copy have options of their own. */
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
		rc = copy_targets_open(&targets,
				       c->verb == PULL ? &c->output : names + 1,
				       c->verb == PULL ? 1 : (size_t)count - 1,
				       &from, c, &err);
	if (!rc)
		rc = c->remote.dry_run ? plan_all(c, &targets, &from, &err)
				       : copy_all(c, &targets, &from, &err);
	copy_targets_release(&targets);
	opened_release(&from);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int take_tag(struct copy_command *c, const char *text)
{
	struct oci_reference name;
	struct oci_error err;

	if (c->verb == PUSH)
		return say_usage(c->name, "it has no -t: name the "
					  "destinations");
	if (oci_reference_parse(&name, text, &err))
		return say_refused(c->name, "-t: ", &err);
	if (name.digest.text[0])
		return say_usage(c->name, "-t '%s' has a digest, which the "
					  "image has already", text);
	return oci_strings_add(&c->tags, text, &err) ? say_error(&err) : -1;
}

static int take_option(struct copy_command *c, int option)
{
	static const struct option sides[] = { SIDE_OPTIONS };

	switch (option) {
	case 'q':
		c->quiet = true;
		return -1;
	case 'n':
		if (c->verb == PULL)
			return say_usage(c->name, "--dry-run is for what is "
					 "pushed");
		c->remote.dry_run = true;
		return -1;
	case 'v':
		c->remote.verbose = true;
		return -1;
	case 'r':
		c->referrers = true;
		return -1;
	case 'o':
		c->output = optarg;
		return -1;
	case 't':
		return take_tag(c, optarg);
	case 'p':
		return platforms_take(&c->platforms, &c->platform_count,
				      c->name, optarg);
	case 'h':
		return say_help(stdout, c->help);
	default:
		if (c->verb != COPY && option >= SIDE_FIRST &&
		    option <= SIDE_LAST)
			return say_usage(c->name, "'--%s' is for copy",
					 sides[option - SIDE_FIRST].name);
		return remote_option(&c->remote, c->name, option);
	}
}

static int check_names(const struct copy_command *c, int count)
{
	if (c->verb == PULL && (count != 1 || !c->output))
		return say_usage(c->name, "one REF and -o OUTPUT are to be "
				 "given");
	if (c->verb != PULL && c->output)
		return say_usage(c->name, "it has no -o: name where it goes");
	if (c->verb != PULL && count < 2)
		return say_usage(c->name,
				 "an image and where it goes are to "
				 "be given, such as ghcr.io/owner/app:1");
	return -1;
}

static int command(struct copy_command *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "output", required_argument, NULL, 'o' },
		{ "tag", required_argument, NULL, 't' },
		{ "dry-run", no_argument, NULL, 'n' },
		{ "referrers", no_argument, NULL, 'r' },
		{ "platform", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		REMOTE_OPTIONS,
		SIDE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "qvo:t:h",
						   options, NULL)) != -1)
		status = option == '?'
				 ? say_unknown_option(c->name, options, argv)
				 : take_option(c, option);
	if (status < 0)
		status = check_names(c, argc - optind);
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
	free(c->platforms);
	return status;
}

int command_copy(int argc, char **argv)
{
	struct copy_command c = { COPY, .name = "copy", .help = copy_help };

	return command(&c, argc, argv);
}

int command_push(int argc, char **argv)
{
	struct copy_command c = { PUSH, .name = "push", .help = push_help };

	return command(&c, argc, argv);
}

int command_pull(int argc, char **argv)
{
	struct copy_command c = { PULL, .name = "pull", .help = pull_help };

	return command(&c, argc, argv);
}
