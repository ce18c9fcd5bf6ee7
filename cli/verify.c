/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack verify: checks that an image is complete and undamaged. */
#include <getopt.h>
#include <string.h>

#include "rebuild.h"
#include "remote.h"

struct verify_command {
	struct remote_options remote;
	bool json;
	struct rebuild_options rebuild;
	struct oci_strings findings; /* for JSON */
	bool no_memory;		     /* to keep one */
};

static void report(void *data, const char *finding)
{
	struct verify_command *c = data;

	if (!c->json)
		say(stdout, "%s\n", finding);
	else if (oci_strings_add(&c->findings, finding, NULL))
		c->no_memory = true;
}

static void say_findings(const struct verify_command *c)
{
	say(stdout, "{\n  \"findings\": [");
	for (size_t i = 0; i < c->findings.count; i++) {
		say(stdout, i ? ",\n    " : "\n    ");
		say_json(stdout, c->findings.items[i]);
	}
	say(stdout, c->findings.count ? "\n  ]\n}\n" : "]\n}\n");
}

static int check(size_t *findings, struct verify_command *c,
		 const struct opened *image, struct oci_error *err)
{
	struct oci_verify_options options = OCI_VERIFY_OPTIONS_INIT;
	bool differs = false;
	int rc;

	options.report = report;
	options.report_data = c;
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	rc = oci_image_verify(findings, image->store, &options, err);
	if (!rc && c->rebuild.spec)
		rc = rebuild(&differs, &c->rebuild, &c->remote, image, report,
			     c, !c->json && !c->remote.quiet, err);
	*findings += differs;
	progress_end(!rc);
	if (!rc && c->no_memory)
		rc = fail_nomem(err);
	return rc;
}

static int verify(struct verify_command *c, const struct opened *image,
		  const char *name)
{
	struct oci_error err;
	size_t findings;

	if (check(&findings, c, image, &err))
		return say_error(&err);
	if (c->json)
		say_findings(c);
	if (findings) {
		say(stderr, "oci-pack: '%s': %zu finding%s\n", name, findings,
		    plural(findings));
		return EXIT_FINDINGS;
	}
	if (!c->remote.quiet && !c->json)
		say(stdout, "%s: all digests, sizes, diff_ids and references "
		    "are right\n", name);
	if (!c->remote.quiet && !c->json && c->rebuild.spec)
		say(stdout, "%s gives the same image\n", c->rebuild.spec);
	return EXIT_DONE;
}

/* All images of a local store are checked; one is needed to rebuild it. */
static int open_local(struct opened *out, const char *text, bool one,
		      struct oci_error *err)
{
	struct image_name name;
	int rc = image_name_parse(&name, text, err);

	if (rc)
		return rc;
	rc = image_open_store(&out->store, &name, err);
	if (!rc && (name.tag || one))
		rc = oci_store_resolve(&out->image, out->store, name.tag, err);
	image_name_release(&name);
	return rc;
}

/* A spec to rebuild may have any inputs. */
static int enter_sandbox(struct verify_command *c, const char *text,
			 struct oci_error *err)
{
	struct sandbox sandbox = { .remote = &c->remote };
	int rc = sandbox_add_image(&sandbox, NULL, text, err);

	sandbox.outside = sandbox.outside || c->rebuild.spec;
	if (!rc)
		rc = sandbox_enter(&sandbox, err);
	sandbox_release(&sandbox);
	return rc;
}

static int run(struct verify_command *c, const char *text)
{
	struct oci_reference reference;
	struct opened opened = {0};
	struct oci_error err;
	int rc, status;

	if (enter_sandbox(c, text, &err))
		return say_error(&err);
	remote_begin_progress(&c->remote, 0);
	if (remote_name(&reference, text))
		rc = opened_init(&opened, text, &c->remote, &err);
	else
		rc = open_local(&opened, text, c->rebuild.spec != NULL, &err);
	status = rc ? say_error(&err) : verify(c, &opened, text);
	opened_release(&opened);
	return status;
}

static int run_verify(int argc, char **argv)
{
	struct verify_command c = { 0 };
	int status = options_parse(&command_verify, "verify", &c, argc, argv);

	if (status < 0 && optind + 1 != argc)
		status = say_usage("verify", "one IMAGE is needed");
	if (status < 0 && !c.rebuild.spec &&
	    (c.rebuild.folder || c.rebuild.vars.count ||
	     c.rebuild.platforms.count || c.rebuild.compression.kind))
		status = say_usage("verify", "--set, --platform, --compression "
					     "and -C are for --rebuild");
	if (status < 0)
		status = remote_ready(&c.remote, "verify");
	catch_signals();
	if (status < 0)
		status = run(&c, argv[optind]);
	rebuild_release(&c.rebuild);
	oci_strings_release(&c.findings);
	remote_release(&c.remote);
	return status;
}

#define AT(member) offsetof(struct verify_command, member)

static const struct cli_option own[] = {
	{ "quiet", 'q', NULL, "print nothing about an image that is right",
	  AT(remote.quiet), NULL },
	{ "json", 0, NULL, "print the faults as JSON; docs/json.md", AT(json),
	  NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_verify = {
	.name = "verify",
	.summary = "check that an image is complete and undamaged",
	.usage = "verify [options] IMAGE",
	.about = "Checks every digest, size, diff_id, document and reference "
		 "of a layout, archive or folder (FILE.tar[:NAME], -, DIR, "
		 "oci:DIR[:TAG] or dir:DIR), or of an image in a registry "
		 "(docker://REF, or a REF with a host). Prints each fault on a "
		 "line of standard output.\n\n"
		 "--rebuild SPEC proves that IMAGE is what SPEC gives, and "
		 "otherwise prints what differs, as diff does.",
	.groups = { { &own_options, 0 },
		    { &rebuild_options, AT(rebuild) },
		    { &bases_options, AT(rebuild.bases) },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.notes = "Exit status: 0 the image is right, 1 it could not be read, 3 "
		 "faults were found.",
	.examples = {
		{ "an archive",
		  "oci-pack verify app.tar" },
		{ "an image in a registry",
		  "oci-pack verify docker://ghcr.io/owner/app:1" },
		{ "that the image is what the spec gives",
		  "oci-pack verify app.tar --rebuild app.spec" },
	},
	.run = run_verify,
};
