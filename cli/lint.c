/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack lint: checks that an image can run, without running it. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "remote.h"
#include "values.h"

struct lint_command {
	struct remote_options remote;
	struct findings findings;
	enum findings_format format;
	struct platforms platform;
	struct oci_strings rules; /* RULE of each --ignore RULE[:GLOB] */
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

static int lint(struct lint_command *c, const char *name, struct oci_error *err)
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
	options.platform = c->platform.count ? c->platform.items : NULL;
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

static int explain(struct lint_command *c, const char *name,
		   struct oci_error *err)
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

static int run(struct lint_command *c, const char *name)
{
	struct oci_error err;

	if (sandbox_images(&c->remote, (char *[]){ (char *)name }, 1, NULL,
			   &err))
		return say_error(&err);
	remote_begin_progress(&c->remote, 0);
	if (c->explain ? explain(c, name, &err) : lint(c, name, &err))
		return say_error(&err);
	progress_end(true);
	findings_print(&c->findings, stdout, c->format, name);
	return c->findings.result.errors ? EXIT_FINDINGS : EXIT_DONE;
}

/* RULE[:GLOB]. c->rules owns the text of the rule, which findings borrow. */
static int take_ignore(void *target, const struct parse *parse,
		       const char *value)
{
	struct lint_command *c = target;
	const char *colon = strchr(value, ':');
	struct oci_error err;
	char *rule;

	if (oci_strings_add(&c->rules, value, &err))
		return say_error(&err);
	rule = c->rules.items[c->rules.count - 1];
	if (colon)
		rule[colon - value] = '\0';
	return findings_except(&c->findings, parse->command, rule,
			       colon ? colon + 1 : NULL, OCI_LINT_OFF);
}

static int take_format(void *target, const struct parse *parse,
		       const char *value)
{
	if (findings_format(target, value))
		return -1;
	return say_usage(parse->command,
			 "--format '%s' is not text, json, sarif or github",
			 value);
}

static int take_json(void *target, const struct parse *parse, const char *value)
{
	(void)value;
	return take_format(target, parse, "json");
}

static int run_lint(int argc, char **argv)
{
	struct lint_command c = { 0 };
	int status = options_parse(&command_lint, "lint", &c, argc, argv);

	if (status < 0 && c.list)
		status = list_rules();
	if (status < 0 && c.explain && c.platform.count)
		status = say_usage("lint",
				   "--platform has no use with --explain-load: "
				   "programs load all that an archive has");
	if (status < 0 && optind + 1 != argc)
		status = say_usage("lint", "one IMAGE is needed");
	if (status < 0)
		status = remote_ready(&c.remote, "lint");
	catch_signals();
	if (status < 0)
		status = run(&c, argv[optind]);
	findings_release(&c.findings);
	oci_strings_release(&c.rules);
	remote_release(&c.remote);
	free(c.platform.items);
	return status;
}

#define AT(member) offsetof(struct lint_command, member)

static const struct cli_option own[] = {
	{ "ignore", 0, "RULE[:GLOB]",
	  "ignore a rule, or a rule for the paths that match; may be repeated",
	  0, take_ignore },
	{ "platform", 0, "P", "of an index, only this platform", AT(platform),
	  take_platform },
	{ "format", 0, "text|json|sarif|github",
	  "sarif is for code scanning, github for annotations; default text",
	  AT(format), take_format },
	{ "json", 0, NULL, "the same as --format json", AT(format), take_json },
	{ "explain-load", 0, NULL,
	  "of FILE.tar, print what docker, podman, skopeo and ctr see in it, "
	  "name by name",
	  AT(explain), NULL },
	{ "rules", 0, NULL, "list the rules and exit", AT(list), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_lint = {
	.name = "lint",
	.summary = "check that an image can run, without running it",
	.usage = "lint [options] IMAGE",
	.about = "Checks, without running anything, whether IMAGE can run. "
		 "IMAGE is FILE.tar, -, DIR, oci:DIR[:TAG] or docker://REF. "
		 "docs/lint.md describes the rules.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.notes = "Exit status: 0 no errors, 1 the image could not be read, 3 "
		 "a rule of level error is broken.",
	.examples = {
		{ "an archive",
		  "oci-pack lint app.tar" },
		{ "an image in a registry, before a board pulls it",
		  "oci-pack lint docker://ghcr.io/owner/app:1" },
		{ "for code scanning",
		  "oci-pack lint --format sarif app.tar >lint.sarif" },
	},
	.run = run_lint,
};
