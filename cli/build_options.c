/* SPDX-License-Identifier: Apache-2.0 */
/* The options of build. */
#include "build.h"
#include "values.h"
#include "words.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int take_jobs(void *target, const struct parse *parse, const char *value)
{
	unsigned *out = target;
	uint64_t jobs;

	if (!parse_number(&jobs, value, 1024) || jobs < 1)
		return say_usage(parse->command, "--jobs '%s' is not 1 to 1024",
				 value);
	*out = (unsigned)jobs;
	return -1;
}

static int take_output(void *target, const struct parse *parse,
		       const char *value)
{
	const char **out = target;
	struct image_name name;
	struct oci_error err;
	int rc;

	if (*out)
		return say_usage(parse->command, "-o is given twice");
	if (!*value)
		return say_usage(parse->command, "-o has an empty name");
	*out = value;
	rc = image_name_parse(&name, value, &err);
	if (rc)
		return say_refused(parse->command, "-o: ", &err);
	rc = image_name_check_output(&name, &err);
	if (!rc && name.tag)
		rc = oci_tag_check(name.tag, &err);
	image_name_release(&name);
	return rc ? say_refused(parse->command, "-o: ", &err) : -1;
}

static int take_name(void *target, const struct parse *parse, const char *value)
{
	struct oci_reference reference;
	struct oci_error err;

	if (oci_reference_parse(&reference, value, &err))
		return say_refused(parse->command, "-t: ", &err);
	if (reference.digest.text[0])
		return say_usage(parse->command,
				 "-t '%s' has a digest, which the image has "
				 "yet to get",
				 value);
	return take_string(target, parse, value);
}

/* The REF of --push may be the next word, if that is the name of a
 * repository. */
static int take_push(void *target, const struct parse *parse, const char *value)
{
	char **argv = parse->argv;
	struct oci_reference reference;
	struct oci_error err;
	bool bare;

	if (!value && argv[optind] &&
	    remote_destination(&reference, &bare, argv[optind]))
		value = argv[optind++];
	if (!value && argv[optind] && remote_check_name(argv[optind], &err))
		return say_refused(parse->command, "--push: ", &err);
	if (!value)
		return take_string(target, parse, "");
	if (remote_check_name(value, &err))
		return say_refused(parse->command, "--push: ", &err);
	if (!remote_destination(&reference, &bare, value)) {
		refuse_name(value, &err);
		return say_refused(parse->command, "--push: ", &err);
	}
	if (reference.digest.text[0])
		return say_usage(parse->command,
				 "--push '%s' has a digest, which the image "
				 "has yet to get",
				 value);
	if (strncmp(value, "docker://", 9) == 0)
		value += 9;
	return take_string(target, parse, value);
}

/* The engine may be the next word, if no file has its name. */
static int take_load(void *target, const struct parse *parse, const char *value)
{
	const char *next = parse->argv[optind];
	struct build_load *out = target;

	if (out->wanted)
		return say_usage(parse->command, "--load is given twice");
	out->wanted = true;
	if (!value && next && engine_kind(&out->kind, next) &&
	    access(next, F_OK) != 0)
		value = parse->argv[optind++];
	if (engine_kind(&out->kind, value))
		return -1;
	return say_usage(parse->command, "--load=%s is not docker or podman",
			 value);
}

static int take_lint(void *target, const struct parse *parse, const char *value)
{
	if (build_lint_mode(target, value))
		return -1;
	return say_usage(parse->command,
			 "--lint '%s' is not error, warn or off", value);
}

/* --push-by-digest without --push pushes the image that the spec names. With a
 * tag in the name of --push it is refused. */
static int check_by_digest(struct build_options *out)
{
	struct oci_reference name;
	struct oci_error err;

	if (!out->by_digest)
		return -1;
	for (size_t i = 0; i < out->pushes.count; i++)
		if (remote_name(&name, out->pushes.items[i]) && name.tag[0])
			return say_usage("build",
					 "--push '%s' has a tag, and "
					 "--push-by-digest sets none",
					 out->pushes.items[i]);
	if (out->pushes.count)
		return -1;
	return oci_strings_add(&out->pushes, "", &err) ? say_error(&err) : -1;
}

/* Refuses a second word: a name for --push that is malformed or not right
 * behind it, or a second spec. */
static int say_second(const struct build_options *out, const char *word)
{
	struct oci_reference name;
	struct oci_error err;
	struct stat st;
	bool bare;

	if (!out->pushes.count || stat(word, &st) == 0 ||
	    *out->pushes.items[out->pushes.count - 1])
		return say_usage("build",
				 "'%s' is one spec too many: a run packs one "
				 "image",
				 word);
	if (remote_destination(&name, &bare, word))
		return say_usage("build",
				 "the name '%s' has to follow --push directly: "
				 "--push %s",
				 word, word);
	refuse_name(word, &err);
	return say_refused("build", "--push: ", &err);
}

/* Checks that there is one spec and at least one output. */
static int check_words(const struct build_options *out, int argc, char **argv)
{
	const char *spec = argv[optind];
	struct stat st;

	if (optind == argc)
		return say_usage("build",
				 "one SPEC is needed, such as app.spec");
	if (find_command(spec) && stat(spec, &st) != 0)
		return say_usage("build",
				 "'%s' is a command, which comes "
				 "before its options: oci-pack %s ...",
				 spec, spec);
	if (strcmp(argv[0], "build") != 0 && is_unknown_word(spec))
		return say_unknown_command(spec);
	if (optind + 1 < argc)
		return say_second(out, argv[optind + 1]);
	if (strcmp(spec, "-") == 0 && out->remote.password_stdin)
		return say_usage("build",
				 "standard input cannot be both the spec and "
				 "the password: 'oci-pack login' stores a "
				 "password");
	if (!out->output && !out->pushes.count && !out->load.wanted)
		return say_usage("build", "no output is named, such as -o "
					  "image.tar, --push or --load");
	if (out->remote.dry_run && results_wanted(&out->results))
		return say_usage("build", "--dry-run has no results");
	if (out->remote.dry_run &&
	    (out->output || out->load.wanted || !out->pushes.count))
		return say_usage("build", "--dry-run is for --push, without "
					  "-o and --load");
	return results_check(&out->results, "build", out->output);
}

int build_options_parse(struct build_options *out, int argc, char **argv)
{
	int status;

	*out = (struct build_options){ 0 };
	status = options_parse(&command_build, "build", out, argc, argv);
	if (status < 0)
		status = check_by_digest(out);
	if (status < 0)
		status = check_words(out, argc, argv);
	if (status >= 0)
		return status;
	out->spec = argv[optind];
	out->remote.totals.quiet = out->remote.quiet;
	return remote_ready(&out->remote, "build");
}

void build_options_release(struct build_options *options)
{
	oci_strings_release(&options->names);
	oci_strings_release(&options->pushes);
	remote_release(&options->remote);
	oci_pairs_release(&options->vars);
	results_release(&options->results);
	free(options->platforms.items);
}

#define AT(member) offsetof(struct build_options, member)

static const struct cli_option own[] = {
	{ "output", 'o', "OUTPUT",
	  "FILE.tar, an archive that docker load, podman load and skopeo read; "
	  "-, an archive on standard output; or DIR, an OCI layout, in which "
	  "oci:DIR:TAG names the image",
	  AT(output), take_output },
	{ "push", 0, "[REF]",
	  "push to a registry; may be repeated. REF without a tag gets the "
	  "tags of the spec; without REF, the image gets the name that the "
	  "spec gives it; REPO@ gets no tag",
	  AT(pushes), take_push },
	{ "push-by-digest", 0, NULL, "push without setting a tag",
	  AT(by_digest), NULL },
	{ "load", 0, "[docker|podman]",
	  "load into Docker, or with --load=podman into Podman, without a file "
	  "in between; DOCKER_HOST, docker's contexts and CONTAINER_HOST tell "
	  "where the engine is",
	  AT(load), take_load },
	{ "tag", 't', "NAME[:TAG]",
	  "name the image so, instead of by the spec's image and tags; may be "
	  "repeated",
	  AT(names), take_name },
	{ "set", 0, "NAME=VALUE", "set a variable of the spec", AT(vars),
	  take_variable },
	{ "platform", 0, "P[,P]", "pack these platforms instead of the spec's",
	  AT(platforms), take_platforms },
	{ "compression", 0, "KIND",
	  "gzip[:1-9], zstd[:1-19] or none; default gzip:2, which has the same "
	  "bytes on every machine; those of zstd depend on its release",
	  AT(compression), take_compression },
	{ "lint", 0, "error|warn|off",
	  "if the image cannot run: fail (the default), only print why, or do "
	  "not check",
	  AT(lint.mode), take_lint },
	{ "jobs", 0, "N",
	  "threads that compress; default one per core. The image does not "
	  "depend on it",
	  AT(jobs), take_jobs },
	{ "directory", 'C', "DIR",
	  "look for inputs in DIR instead of the folder of the spec",
	  AT(folder), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_build = {
	.name = "build",
	.summary = "pack the image that a spec describes",
	.usage = "[build] SPEC -o OUTPUT [options]\n"
		 "[build] SPEC --push [REF] [options]\n"
		 "[build] SPEC --load [options]",
	.about = "Packs the image that SPEC describes; - is standard input.",
	.groups = { { &own_options, 0 },
		    { &dry_run_option, AT(remote) },
		    { &quiet_option, AT(remote) },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &results_options, AT(results) },
		    { &bases_options, AT(bases) },
		    { &registry_options, AT(remote) },
		    { &upload_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.notes = "SOURCE_DATE_EPOCH is the date of the image; default "
		 "1970-01-01. Temporary files go to TMPDIR; default /var/tmp.",
	.examples = {
		{ "an archive for docker load",
		  "oci-pack app.spec -o app.tar" },
		{ "push, and tell the digest to the next program",
		  "oci-pack app.spec --push ghcr.io/owner/app:1 "
		  "--metadata-file out.json" },
		{ "two platforms in an OCI layout, by the tag 1",
		  "oci-pack app.spec -o oci:image:1 --platform "
		  "linux/riscv64,linux/arm64" },
	},
	.run = run_build,
};
