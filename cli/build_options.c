/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of build. */
#include "build.h"
#include "words.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
	"Usage: oci-pack [build] SPEC -o OUTPUT | --push [REF] [options]\n"
	"\n"
	"Packs the image that SPEC describes; - is standard input.\n"
	"\n"
	"  -o, --output FILE.tar   an archive that docker load, podman load\n"
	"                          and skopeo take; - is standard output\n"
	"  -o, --output DIR        an OCI layout; oci:DIR:TAG names the image\n"
	"      --push [REF]        push to a registry; may be given more than\n"
	"                          once. Without a tag REF gets the spec's\n"
	"                          tags, without REF it is the spec's image;\n"
	"                          REPO@ gets none\n"
	"      --push-by-digest    --push, and no tag is set\n"
	"      --dry-run           with --push: say what would be uploaded,\n"
	"                          mounted and tagged, and change nothing\n"
	"  -t, --tag NAME[:TAG]    instead of the spec's image and tags; may\n"
	"                          be given more than once\n"
	"      --set NAME=VALUE    sets a variable of the spec\n"
	"      --platform P[,P]    instead of the spec's platforms\n"
	"      --compression KIND  gzip[:1-12], zstd[:1-19] or none; the\n"
	"                          usual is gzip\n"
	"      --lint error        what to do where the image cannot run:\n"
	"             warn|off     fail, which is the usual; only say so; or\n"
	"                          do not look\n"
	"      --jobs N            threads that compress; the usual is one a\n"
	"                          core. The result does not depend on it\n"
	"  -C, --directory DIR     inputs start here, not at the "
	"spec\n" BASES_HELP
	"  -q, --quiet             print the digest and nothing else\n"
	"  -v, --verbose           say what is done\n"
	"  -h, --help\n" REMOTE_HELP UPLOAD_HELP INFLATE_HELP "\n"
	"SOURCE_DATE_EPOCH dates the image; the usual is 1970-01-01. TMPDIR\n"
	"is where members of archives are kept meanwhile; the usual is\n"
	"/var/tmp.\n";

enum {
	OPT_SET = 256,
	OPT_PLATFORM,
	OPT_COMPRESSION,
	OPT_JOBS,
	OPT_PUSH,
	OPT_DRY_RUN,
	OPT_LINT,
	OPT_BY_DIGEST
};

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "push", optional_argument, NULL, OPT_PUSH },
	{ "push-by-digest", no_argument, NULL, OPT_BY_DIGEST },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "lint", required_argument, NULL, OPT_LINT },
	{ "tag", required_argument, NULL, 't' },
	{ "set", required_argument, NULL, OPT_SET },
	{ "platform", required_argument, NULL, OPT_PLATFORM },
	{ "compression", required_argument, NULL, OPT_COMPRESSION },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "directory", required_argument, NULL, 'C' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	REMOTE_OPTIONS,
	BASES_OPTIONS,
	{ NULL, 0, NULL, 0 },
};

int build_set_variable(struct oci_pairs *out, const char *command,
		       const char *text)
{
	const char *equals = strchr(text, '=');
	struct oci_error err;
	char *name;
	int rc;

	if (!equals || equals == text)
		return say_usage(command, "--set '%s' is not NAME=VALUE",
				 text);
	name = strndup(text, (size_t)(equals - text));
	if (!name)
		return say_no_memory();
	rc = oci_pairs_set(out, name, equals + 1, &err);
	free(name);
	return rc ? say_error(&err) : -1;
}

static int add_platform(struct build_options *out, const char *text,
			size_t size)
{
	struct oci_platform platform, *items;
	struct oci_error err;
	char *one = strndup(text, size);
	int rc;

	if (!one)
		return say_no_memory();
	rc = oci_platform_parse(&platform, one, &err);
	free(one);
	if (rc)
		return say_refused("build", "", &err);
	for (size_t i = 0; i < out->platform_count; i++)
		if (oci_platform_equal(&out->platforms[i], &platform))
			return say_usage("build", "platform '%.*s' is given "
					 "twice", (int)size, text);
	items = realloc(out->platforms,
			(out->platform_count + 1) * sizeof(*items));
	if (!items)
		return say_no_memory();
	out->platforms = items;
	items[out->platform_count++] = platform;
	return -1;
}

static int add_platforms(struct build_options *out, const char *text)
{
	int status = -1;

	while (status < 0) {
		size_t size = strcspn(text, ",");

		status = add_platform(out, text, size);
		if (!text[size])
			break;
		text += size + 1;
	}
	return status;
}

static int set_jobs(struct build_options *out, const char *text)
{
	uint64_t jobs;

	if (!parse_number(&jobs, text, 1024) || jobs < 1)
		return say_usage("build", "--jobs '%s' is not 1 to 1024",
				 text);
	out->jobs = (unsigned)jobs;
	return -1;
}

static int set_output(struct build_options *out, const char *text)
{
	struct image_name name;
	struct oci_error err;
	bool bad;

	if (out->output)
		return say_usage("build", "-o is given twice");
	if (!*text)
		return say_usage("build", "-o has an empty name");
	out->output = text;
	if (image_name_parse(&name, text, &err))
		return say_refused("build", "-o: ", &err);
	bad = image_name_check_output(&name, &err) ||
	      (name.tag && oci_tag_check(name.tag, &err));
	image_name_release(&name);
	return bad ? say_refused("build", "-o: ", &err) : -1;
}

static int add_name(struct build_options *out, const char *text)
{
	struct oci_reference reference;
	struct oci_error err;

	if (oci_reference_parse(&reference, text, &err))
		return say_refused("build", "-t: ", &err);
	if (reference.digest.text[0])
		return say_usage("build", "-t '%s' has a digest, which the "
				 "image has yet to get", text);
	return oci_strings_add(&out->names, text, &err) ? say_error(&err) :
							   -1;
}

/* The REF of --push may be the next word, if it is one. */
static int add_push(struct build_options *out, char **argv)
{
	struct oci_reference reference;
	struct oci_error err;
	const char *text = optarg;
	bool bare;

	if (!text && argv[optind] &&
	    remote_destination(&reference, &bare, argv[optind]))
		text = argv[optind++];
	if (!text && argv[optind] && remote_check_name(argv[optind], &err))
		return say_refused("build", "--push: ", &err);
	if (text && remote_check_name(text, &err))
		return say_refused("build", "--push: ", &err);
	if (text && !remote_destination(&reference, &bare, text)) {
		refuse_name(text, &err);
		return say_refused("build", "--push: ", &err);
	}
	if (text && reference.digest.text[0])
		return say_usage("build", "--push '%s' has a digest, which "
				 "the image has yet to get", text);
	if (text && strncmp(text, "docker://", 9) == 0)
		text += 9;
	return oci_strings_add(&out->pushes, text ? text : "", &err) ?
		       say_error(&err) : -1;
}

static int take_option(struct build_options *out, int option, char **argv)
{
	struct oci_error err;
	int status;

	switch (option) {
	case 'o':
		return set_output(out, optarg);
	case 't':
		return add_name(out, optarg);
	case 'C':
		out->folder = optarg;
		return -1;
	case 'q':
		out->quiet = true;
		return -1;
	case 'v':
		out->verbose = true;
		return -1;
	case 'h':
		say_help(stdout, help);
		return EXIT_DONE;
	case OPT_PUSH:
		return add_push(out, argv);
	case OPT_BY_DIGEST:
		out->by_digest = true;
		return -1;
	case OPT_DRY_RUN:
		out->remote.dry_run = true;
		return -1;
	case OPT_LINT:
		if (build_lint_mode(&out->lint.mode, optarg))
			return -1;
		return say_usage("build", "--lint '%s' is not error, warn "
				 "or off", optarg);
	case OPT_SET:
		return build_set_variable(&out->vars, "build", optarg);
	case OPT_PLATFORM:
		return add_platforms(out, optarg);
	case OPT_JOBS:
		return set_jobs(out, optarg);
	case OPT_COMPRESSION:
		if (oci_compression_parse(&out->compression, &out->level,
					  optarg, &err))
			return say_refused("build", "--", &err);
		return -1;
	default:
		if (bases_option(&out->bases, option))
			return -1;
		status = remote_option(&out->remote, "build", option);
		return status != -2 ? status :
			       say_usage("build", "unknown option");
	}
}

/* --push-by-digest alone pushes the spec's own image; a tag has no place
 * beside it. */
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

/* The word behind the spec: a name for --push that is none, or too much. */
static int say_second(const struct build_options *out, const char *word)
{
	struct oci_error err;
	struct stat st;

	if (!out->pushes.count || stat(word, &st) == 0 ||
	    *out->pushes.items[out->pushes.count - 1])
		return say_usage("build",
				 "'%s' is one spec too many: one "
				 "image is packed at a time",
				 word);
	refuse_name(word, &err);
	return say_refused("build", "--push: ", &err);
}

/* Whether the words are one spec, with somewhere for its image to go. */
static int check_words(const struct build_options *out, int argc, char **argv)
{
	const char *spec = argv[optind];
	struct stat st;

	if (optind == argc)
		return say_usage("build", "no spec is given, such as app.spec");
	if (is_command(spec) && stat(spec, &st) != 0)
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
				 "standard input is the spec's or "
				 "--password-stdin's: 'oci-pack login' keeps a "
				 "password");
	if (!out->output && !out->pushes.count)
		return say_usage("build", "no output is given, such as "
					  "-o image.tar or --push");
	if (out->remote.dry_run && (out->output || !out->pushes.count))
		return say_usage("build", "--dry-run is for --push, without "
					  "-o");
	return -1;
}

int build_options_parse(struct build_options *out, int argc, char **argv)
{
	int option, status = -1;

	*out = (struct build_options){0};
	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "o:t:C:qvh",
						   long_options, NULL)) != -1) {
		if (option == '?')
			return say_unknown_option("build", long_options, argv);
		status = take_option(out, option, argv);
	}
	if (status >= 0)
		return status;
	status = check_by_digest(out);
	if (status < 0)
		status = check_words(out, argc, argv);
	if (status >= 0)
		return status;
	out->spec = argv[optind];
	out->remote.plan.quiet = out->quiet;
	out->remote.verbose = out->verbose;
	return remote_ready(&out->remote, "build");
}

void build_options_release(struct build_options *options)
{
	oci_strings_release(&options->names);
	oci_strings_release(&options->pushes);
	remote_release(&options->remote);
	oci_pairs_release(&options->vars);
	free(options->platforms);
}
