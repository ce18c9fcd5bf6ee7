/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack verify: checks that an image is complete and undamaged. */
#include "remote.h"

#include <getopt.h>
#include <string.h>

static void report(void *data, const char *finding)
{
	(void)data;
	say(stdout, "%s\n", finding);
}

static int verify(struct oci_store *store, const char *name, bool quiet)
{
	struct oci_verify_options options = OCI_VERIFY_OPTIONS_INIT;
	struct oci_error err;
	size_t findings;

	options.report = report;
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	if (oci_image_verify(&findings, store, &options, &err))
		return say_error(&err);
	progress_end(true);
	if (findings) {
		say(stderr, "oci-pack: '%s': %zu finding%s\n", name, findings,
		    plural(findings));
		return EXIT_FINDINGS;
	}
	if (!quiet)
		say(stdout, "%s: all digests, sizes, diff_ids and references "
		    "are right\n", name);
	return EXIT_DONE;
}

/* All images of a local store are checked. */
static int open_local(struct opened *out, const char *text,
		      struct oci_error *err)
{
	struct image_name name;
	int rc = image_name_parse(&name, text, err);

	if (rc)
		return rc;
	rc = image_open_store(&out->store, &name, err);
	if (!rc && name.tag)
		rc = oci_store_resolve(&out->image, out->store, name.tag, err);
	image_name_release(&name);
	return rc;
}

static int run(const char *text, struct remote_options *options)
{
	struct oci_reference reference;
	struct opened opened = {0};
	struct oci_error err;
	int rc, status;

	remote_begin_progress(options, 0);
	if (remote_name(&reference, text))
		rc = opened_init(&opened, text, options, &err);
	else
		rc = open_local(&opened, text, &err);
	status = rc ? say_error(&err)
		    : verify(opened.store, text, options->quiet);
	opened_release(&opened);
	return status;
}

static int run_verify(int argc, char **argv)
{
	struct remote_options remote = { 0 };
	int status =
		options_parse(&command_verify, "verify", &remote, argc, argv);

	if (status < 0 && optind + 1 != argc)
		status = say_usage("verify", "one IMAGE is needed");
	if (status < 0)
		status = remote_ready(&remote, "verify");
	catch_signals();
	if (status < 0)
		status = run(argv[optind], &remote);
	remote_release(&remote);
	return status;
}

static const struct cli_option quiet[] = {
	{ "quiet", 'q', NULL, "print nothing about an image that is right",
	  offsetof(struct remote_options, quiet), NULL },
	{ 0 },
};

static const struct option_group quiet_group = { NULL, NULL, quiet };

const struct command command_verify = {
	.name = "verify",
	.summary = "check that an image is complete and undamaged",
	.usage = "verify [options] IMAGE",
	.about = "Checks every digest, size, diff_id, document and reference "
		 "of a layout, archive or folder (FILE.tar[:NAME], -, DIR, "
		 "oci:DIR[:TAG] or dir:DIR), or of an image in a registry "
		 "(docker://REF, or a REF with a host). Prints each fault on a "
		 "line of standard output.",
	.groups = { { &quiet_group, 0 },
		    { &verbose_option, 0 },
		    { &progress_option, 0 },
		    { &registry_options, 0 },
		    { &inflate_options, 0 } },
	.notes = "Exit status: 0 the image is right, 1 it could not be read, 3 "
		 "faults were found.",
	.run = run_verify,
};
