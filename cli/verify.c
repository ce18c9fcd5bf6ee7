/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack verify: whether everything in a layout or archive is right. */
#include "remote.h"
#include "words.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
	"Usage: oci-pack verify [options] IMAGE\n"
	"\n"
	"Checks every digest, size, diff_id, document and reference of a\n"
	"layout, archive or folder (FILE.tar[:NAME], -, DIR, oci:DIR[:TAG] or\n"
	"dir:DIR) or of an image in a registry (docker://REF, or a REF with a\n"
	"host). Each thing that is wrong is a line on standard output.\n"
	"\n"
	"  -q, --quiet             say nothing of an image that is right\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n" REMOTE_HELP INFLATE_HELP "\n"
	"Exit status: 0 all is right, 1 it could not be read, 3 something is\n"
	"wrong.\n";

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

/* A local store is checked whole, whichever images it holds. */
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

static int run(const char *text, bool quiet, struct remote_options *options)
{
	struct oci_reference reference;
	struct opened opened = {0};
	struct oci_error err;
	int rc, status;

	if (remote_name(&reference, text))
		rc = opened_init(&opened, text, options, &err);
	else
		rc = open_local(&opened, text, &err);
	status = rc ? say_error(&err) : verify(opened.store, text, quiet);
	opened_release(&opened);
	return status;
}

int command_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		REMOTE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	struct remote_options remote = {0};
	bool quiet = false;
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "qvh", options,
						   NULL)) != -1) {
		if (option == 'h')
			status = say_help(stdout, help);
		else if (option == 'q')
			quiet = true;
		else if (option == 'v')
			remote.verbose = true;
		else
			status = remote_option(&remote, "verify", option);
		if (status == -2)
			status = say_unknown_option("verify", options, argv);
	}
	if (status < 0 && optind + 1 != argc)
		status = say_usage("verify", "one image is to be named");
	if (status < 0)
		status = remote_ready(&remote, "verify");
	catch_signals();
	if (status < 0)
		status = run(argv[optind], quiet, &remote);
	remote_release(&remote);
	return status;
}
