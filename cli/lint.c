/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack lint: whether an image can run, without running it. */
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "remote.h"

static const char help[] =
	"Usage: oci-pack lint [options] IMAGE\n"
	"\n"
	"Checks, without running anything, whether IMAGE can run: FILE.tar,\n"
	"-, DIR, oci:DIR[:TAG] or docker://REF. docs/lint.md has the rules. "
	"Exit\n"
	"status 3 where one of level error is broken.\n"
	"\n"
	"      --ignore RULE[:GLOB]  passes over a rule, or over paths that\n"
	"                          match; may be repeated\n"
	"      --platform P        of an index, this platform alone\n"
	"      --format KIND       text, json, sarif (for code scanning) or\n"
	"                          github (annotations); the usual is text\n"
	"      --json              the same as --format json\n"
	"      --explain-load      of FILE.tar, what docker, podman, skopeo\n"
	"                          and ctr will see in it, name by name\n"
	"      --rules             lists the rules, and does nothing else\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP INFLATE_HELP;

struct command {
	struct remote_options remote;
	struct findings findings;
	enum findings_format format;
	struct oci_platform platform;
	bool has_platform;
	struct oci_strings rules;	/* of --ignore, in front of its glob */
	bool list;
	bool explain;
};

static int list_rules(void)
{
	static const char *const levels[] = { "off", "note", "warning",
					      "error" };
	size_t count;
	const struct oci_lint_rule *rules = oci_lint_rules(&count);

	for (size_t i = 0; i < count; i++)
		say(stdout, "%s (%s)\n    %s\n    %s\n", rules[i].name,
		    levels[rules[i].level], rules[i].why, rules[i].remedy);
	return EXIT_DONE;
}

static void say_absent(void *data, const char *platform,
		       const struct oci_digest *manifest)
{
	(void)data;
	say(stderr,
	    "oci-pack: %s (%s) is not checked: the index names it, and "
	    "it is not here\n",
	    platform ? platform : "one image", manifest->text);
}

static int lint(struct command *c, const char *name, struct oci_error *err)
{
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	struct opened image;
	int rc = opened_init(&image, name, &c->remote, err);

	options.report = findings_add;
	options.data = &c->findings;
	options.exceptions = c->findings.exceptions;
	options.exception_count = c->findings.exception_count;
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	options.platform = c->has_platform ? &c->platform : NULL;
	options.absent = say_absent;
	if (!rc)
		rc = oci_lint_image(&c->findings.result, image.store,
				    &image.image, &options, err);
	if (!rc)
		rc = findings_complete(&c->findings, err);
	opened_release(&image);
	return rc;
}

static void say_load(void *data, const char *program, const char *text)
{
	(void)data;
	say(stdout, "%-30s %s\n", program, text);
}

static int explain(struct command *c, const char *name, struct oci_error *err)
{
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;

	options.report = findings_add;
	options.data = &c->findings;
	options.exceptions = c->findings.exceptions;
	options.exception_count = c->findings.exception_count;
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	return oci_lint_archive(&c->findings.result, name, &options,
				c->format == FORMAT_TEXT ? say_load : NULL,
				NULL, err);
}

static int run(struct command *c, const char *name)
{
	struct oci_error err;

	if (c->explain ? explain(c, name, &err) : lint(c, name, &err))
		return say_error(&err);
	findings_print(&c->findings, stdout, c->format, name);
	return c->findings.result.errors ? EXIT_FINDINGS : EXIT_DONE;
}

/* RULE[:GLOB]; the text of the rule is kept for as long as it is needed. */
static int ignore(struct command *c, const char *text)
{
	const char *colon = strchr(text, ':');
	struct oci_error err;
	char *rule;

	if (oci_strings_add(&c->rules, text, &err))
		return say_error(&err);
	rule = c->rules.items[c->rules.count - 1];
	if (colon)
		rule[colon - text] = '\0';
	return findings_except(&c->findings, "lint", rule,
			       colon ? colon + 1 : NULL, OCI_LINT_OFF);
}

static int take_option(struct command *c, int option, char **argv)
{
	struct oci_error err;

	switch (option) {
	case 'p':
		if (oci_platform_parse(&c->platform, optarg, &err))
			return say_refused("lint", "", &err);
		c->has_platform = true;
		return -1;
	case 'i':
		return ignore(c, optarg);
	case 'f':
		if (findings_format(&c->format, optarg))
			return -1;
		return say_usage("lint", "--format '%s' is not text, json, "
				 "sarif or github", optarg);
	case 'j':
		c->format = FORMAT_JSON;
		return -1;
	case 'r':
		c->list = true;
		return -1;
	case 'e':
		c->explain = true;
		return -1;
	case 'v':
		c->remote.verbose = true;
		return -1;
	case 'h':
		return say_help(stdout, help);
	default:
		return remote_option_last(&c->remote, "lint", option,
					  argv[optind - 1]);
	}
}

int command_lint(int argc, char **argv)
{
	static const struct option options[] = {
		{ "ignore", required_argument, NULL, 'i' },
		{ "platform", required_argument, NULL, 'p' },
		{ "format", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "rules", no_argument, NULL, 'r' },
		{ "explain-load", no_argument, NULL, 'e' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		REMOTE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	struct command c = {0};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "vh", options,
						   NULL)) != -1)
		status = option == '?'
				 ? say_unknown_option("lint", options, argv)
				 : take_option(&c, option, argv);
	if (status < 0 && c.list)
		status = list_rules();
	if (status < 0 && c.explain && c.has_platform)
		status = say_usage("lint", "--platform has no use with "
					   "--explain-load: programs load all "
					   "that an archive has");
	if (status < 0 && optind + 1 != argc)
		status = say_usage("lint", "one IMAGE is to be given");
	if (status < 0)
		status = remote_ready(&c.remote, "lint");
	catch_signals();
	if (status < 0)
		status = run(&c, argv[optind]);
	findings_release(&c.findings);
	oci_strings_release(&c.rules);
	remote_release(&c.remote);
	return status;
}
