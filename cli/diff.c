/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack diff: what differs between two images. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff.h"
#include "files.h"

struct options {
	struct remote_options remote;
	struct platforms platform;
	bool json;
	bool text;
};

/* Compares one image of A with one of B. */
static int compare_images(bool *same, struct files *a, struct files *b,
			  const struct options *options, struct oci_error *err)
{
	const struct oci_platform *platform =
		options->platform.count ? options->platform.items : NULL;
	struct diff_report report = { .json = options->json,
				      .text = options->text };
	const struct diff_side left = { a->from.store, &a->image };
	const struct diff_side right = { b->from.store, &b->image };
	int rc = files_choose(a, platform, err);

	if (!rc)
		rc = files_choose(b, platform, err);
	if (!rc)
		rc = diff_read(&report, &left, &right, err);
	progress_end(false);
	if (!rc)
		rc = diff_print(stdout, &report, &a->image, &b->image, err);
	*same = report.result.manifest;
	diff_close(&report);
	return rc;
}

static int compare(bool *same, struct files *a, struct files *b,
		   const struct options *options, struct oci_error *err)
{
	struct diff_indexes indexes = { .json = options->json,
					.text = options->text };
	bool several = false;
	int rc = 0;

	if (!options->platform.count)
		rc = diff_open_indexes(&several, &indexes, &a->from, &b->from,
				       err);
	if (!rc)
		rc = several ? diff_compare_indexes(same, &indexes, err)
			     : compare_images(same, a, b, options, err);
	diff_close_indexes(&indexes);
	return rc;
}

static int run(char **names, struct options *options)
{
	struct files a = { 0 }, b = { 0 };
	struct oci_error err;
	bool same;
	int rc = sandbox_images(&options->remote, names, 2, NULL, &err);

	if (!rc)
		rc = files_open_name(&a, names[0], &options->remote, &err);
	if (!rc)
		rc = files_open_name(&b, names[1], &options->remote, &err);
	if (!rc)
		rc = compare(&same, &a, &b, options, &err);
	progress_end(false);
	files_release(&b);
	files_release(&a);
	if (rc)
		return say_error(&err);
	return same ? EXIT_DONE : EXIT_FINDINGS;
}

static int run_diff(int argc, char **argv)
{
	struct options options = { 0 };
	struct oci_error err;
	int status = options_parse(&command_diff, "diff", &options, argc, argv);

	if (status < 0 && optind + 2 != argc)
		status = say_usage("diff", "two images are needed");
	if (status < 0)
		status = remote_ready(&options.remote, "diff");
	catch_signals();
	if (status < 0 &&
	    remote_claim_names(&options.remote, argv + optind, 2, &err))
		status = say_error(&err);
	if (status < 0)
		status = run(argv + optind, &options);
	remote_release(&options.remote);
	free(options.platform.items);
	return status;
}

#define AT(member) offsetof(struct options, member)

static const struct cli_option own[] = {
	{ "json", 0, NULL, "print JSON; docs/json.md describes it", AT(json),
	  NULL },
	{ "text", 0, NULL,
	  "of text files up to 256 KiB, print the lines that differ", AT(text),
	  NULL },
	{ "platform", 0, "P", "of indexes, this platform alone", AT(platform),
	  take_platform },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_diff = {
	.name = "diff",
	.summary = "tell what differs between two images",
	.usage = "diff [options] A B",
	.about = "Tells first in a sentence why the digests of A and B differ; "
		 "then which fields of their configs, which packages of Debian "
		 "and Alpine, and which of their files do, whatever layers "
		 "these are in. A line begins with + for what only B has, - "
		 "for what only A has, and ~ for what differs. If A and B "
		 "are indexes, the images of each platform are compared. A "
		 "and B are FILE.tar[:NAME], DIR, oci:DIR[:TAG], dir:DIR or "
		 "docker://REF; a REF with a host needs no docker://.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.notes = "Exit status: 0 the digests are equal, 1 an image could not "
		 "be read, 3 they differ.",
	.examples = {
		{ "why the digests of two images differ",
		  "oci-pack diff old.tar new.tar" },
		{ "what a push would change",
		  "oci-pack diff docker://ghcr.io/owner/app:1 app.tar" },
		{ "the lines that differ in text files",
		  "oci-pack diff --text old.tar new.tar" },
	},
	.run = run_diff,
};
