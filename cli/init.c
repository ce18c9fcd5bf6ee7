/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack init: writes a spec to start from. */
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "command.h"

/* The Makefile makes these lists of bytes from the files in cli/init. A NUL
 * ends each. */
static const unsigned char static_spec[] = {
#include "static.h"
	0
};
static const unsigned char go_spec[] = {
#include "go.h"
	0
};
static const unsigned char python_spec[] = {
#include "python.h"
	0
};
static const unsigned char debian_spec[] = {
#include "debian.h"
	0
};
static const unsigned char artifact_spec[] = {
#include "artifact.h"
	0
};

static const struct {
	const char *name;
	const unsigned char *spec;
} kinds[] = {
	{ "static", static_spec }, { "go", go_spec },
	{ "python", python_spec }, { "debian", debian_spec },
	{ "artifact", artifact_spec },
};

struct init_command {
	const char *spec; /* NULL: static_spec */
};

static int take_kind(void *target, const struct parse *parse, const char *value)
{
	struct init_command *c = target;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, value) != 0)
			continue;
		c->spec = (const char *)kinds[i].spec;
		return -1;
	}
	return say_usage(parse->command,
			 "--kind '%s' is not static, go, python, debian or "
			 "artifact",
			 value);
}

static int write_spec(const char *path, const char *text, struct oci_error *err)
{
	struct oci_sink *sink;
	struct stat st;
	int rc;

	if (lstat(path, &st) == 0 && strcmp(path, "/dev/stdout") != 0)
		return oci_error_set(err, OCI_E_CONFLICT,
				     "'%.500s' is there already: name another "
				     "file, or remove it",
				     path);
	rc = oci_sink_create_file(&sink, path, err);
	if (rc)
		return rc;
	rc = oci_sink_write(sink, text, strlen(text), err);
	if (!rc)
		rc = oci_sink_finish(sink, err);
	oci_sink_free(sink);
	return rc;
}

static int run_init(int argc, char **argv)
{
	struct init_command c = { (const char *)static_spec };
	int status = options_parse(&command_init, "init", &c, argc, argv);
	const char *path = optind < argc ? argv[optind] : "app.spec";
	struct oci_error err;

	if (status >= 0)
		return status;
	if (optind + 1 < argc)
		return say_usage("init", "one FILE is needed at most");
	if (strcmp(path, "-") == 0) {
		say_bytes(stdout, c.spec, strlen(c.spec));
		return EXIT_DONE;
	}
	if (write_spec(path, c.spec, &err))
		return say_error(&err);
	say(stderr,
	    "%s: its comments tell what to change; 'oci-pack %s -o app.tar' "
	    "packs it\n",
	    path, path);
	return EXIT_DONE;
}

static const struct cli_option own[] = {
	{ "kind", 0, "static|go|python|debian|artifact",
	  "what the spec is for; default static, a program without a base", 0,
	  take_kind },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_init = {
	.name = "init",
	.summary = "write a spec to start from",
	.usage = "init [--kind KIND] [FILE]",
	.about = "Writes a short spec with comments to FILE, by default "
		 "app.spec; - is standard output. It packs as it is; the "
		 "comments tell what to put in. A FILE that exists is not "
		 "overwritten.",
	.groups = { { &own_options, 0 } },
	.examples = {
		{ "a static program", "oci-pack init && oci-pack app.spec "
				      "-o app.tar" },
		{ "a Go service for three platforms",
		  "oci-pack init --kind go service.spec" },
		{ "to look at", "oci-pack init --kind python -" },
	},
	.run = run_init,
};
