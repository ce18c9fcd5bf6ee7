/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack verify: whether everything in a layout or archive is right. */
#include "cli.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
	"Usage: oci-pack verify [-q] IMAGE\n"
	"\n"
	"Checks every digest, size, diff_id, document and reference of an\n"
	"OCI layout or archive: FILE.tar, DIR or oci:DIR[:TAG]. Each thing\n"
	"that is wrong is a line on standard output.\n"
	"\n"
	"  -q, --quiet   say nothing of an image that is right\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 all is right, 1 it could not be read, 3 something is\n"
	"wrong.\n";

static void report(void *data, const char *finding)
{
	(void)data;
	printf("%s\n", finding);
}

static int on_progress(void *data, const struct oci_progress *progress)
{
	(void)data;
	(void)progress;
	return was_interrupted();
}

static int verify(struct oci_store *store, const char *name, bool quiet)
{
	struct oci_verify_options options = OCI_VERIFY_OPTIONS_INIT;
	struct oci_error err;
	size_t findings;

	options.report = report;
	options.progress = on_progress;
	if (oci_image_verify(&findings, store, &options, &err))
		return say_error(&err);
	if (findings) {
		fprintf(stderr, "oci-pack: '%s': %zu finding%s\n", name,
			findings, findings == 1 ? "" : "s");
		return EXIT_FINDINGS;
	}
	if (!quiet)
		printf("%s: all digests, sizes, diff_ids and references are "
		       "right\n", name);
	return EXIT_DONE;
}

static int run(const char *text, bool quiet)
{
	struct oci_descriptor image = {0};
	struct oci_store *store = NULL;
	struct image_name name;
	struct oci_error err;
	int rc, status;

	if (!image_name_parse(&name, text, &err))
		return say_error(&err);
	if (name.layout)
		rc = oci_layout_open(&store, name.path, &err);
	else
		rc = oci_archive_open(&store, name.path, temp_dir(), &err);
	if (!rc && name.tag)
		rc = oci_store_resolve(&image, store, name.tag, &err);
	status = rc ? say_error(&err) : verify(store, text, quiet);
	oci_descriptor_release(&image);
	oci_store_free(store);
	image_name_release(&name);
	return status;
}

int command_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool quiet = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(help, stdout) < 0;
		if (option != 'q')
			return say_usage("verify", "unknown option '%s'",
					 argv[optind - 1]);
		quiet = true;
	}
	if (optind + 1 != argc)
		return say_usage("verify", "one image is to be named");
	catch_signals();
	return run(argv[optind], quiet);
}
