/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack report: a page in HTML that shows what an image ships, or what
 * differs between two images. */
#include "report.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	struct remote_options remote;
	struct platforms platform;
	const char *output;
};

static int lint(struct report_image *image, struct oci_error *err)
{
	struct oci_lint_options options = OCI_LINT_OPTIONS_INIT;
	int rc;

	options.report = findings_add;
	options.data = &image->findings;
	options.temp_dir = temp_dir();
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	rc = oci_lint_image(&image->findings.result, image->files.from.store,
			    &image->files.image.descriptor, &options, err);
	return rc ? rc : findings_complete(&image->findings, err);
}

static int open_image(struct report_image *out, const char *name,
		      struct options *options, struct oci_error *err)
{
	const struct oci_image_documents *docs = &out->files.image;
	struct oci_store *store;
	int rc = files_open(&out->files, name,
			    options->platform.count ? options->platform.items
						    : NULL,
			    &options->remote, err);

	out->name = name;
	if (rc)
		return rc;
	store = out->files.from.store;
	rc = oci_store_read(&out->manifest, store, &docs->descriptor, err);
	if (!rc)
		rc = oci_store_read(&out->config, store, &docs->manifest.config,
				    err);
	return rc;
}

/* Reads everything and writes the data of the page. */
static int say_data(FILE *out, struct report_image *images, size_t count,
		    struct oci_error *err)
{
	bool whole = count == 1;
	int rc = whole ? report_fetch(&images[0].files, err) : 0;

	if (!rc && whole)
		rc = report_read_layers(&images[0], err);
	if (!rc && whole)
		rc = lint(&images[0], err);
	say(out, "{\"version\":1,\"tool\":\"oci-pack %s\",\n\"images\":[",
	    oci_version());
	for (size_t i = 0; !rc && i < count; i++) {
		if (i)
			say(out, ",\n");
		rc = report_say_image(out, &images[i], whole, err);
	}
	say(out, "]");
	if (!rc && !whole) {
		say(out, ",\n\"diff\":");
		rc = report_say_diff(out, &images[0], &images[1], err);
	}
	say(out, "}\n");
	return rc;
}

static int make_page(char **page, size_t *size, struct report_image *images,
		     size_t count, struct oci_error *err)
{
	char *json = NULL;
	size_t json_size = 0;
	FILE *out = open_memstream(&json, &json_size);
	int rc = out ? say_data(out, images, count, err) : fail_nomem(err);

	rc = say_end(out, &json, rc, err);
	if (!rc)
		rc = report_page(page, size, json, json_size, err);
	free(json);
	return rc;
}

static int write_page(const char *path, const char *page, size_t size,
		      struct oci_error *err)
{
	struct oci_sink *sink;
	int rc;

	if (strcmp(path, "-") == 0) {
		say_bytes(stdout, page, size);
		return 0;
	}
	rc = oci_sink_create_file(&sink, path, err);
	if (rc)
		return rc;
	rc = oci_sink_write(sink, page, size, err);
	if (!rc && was_interrupted())
		rc = oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	if (!rc)
		rc = oci_sink_finish(sink, err);
	oci_sink_free(sink);
	return rc;
}

static int run(char **names, size_t count, struct options *options)
{
	struct report_image images[2] = { 0 };
	struct oci_error err;
	char *page = NULL;
	size_t size = 0;
	int rc = sandbox_images(&options->remote, names, count, options->output,
				&err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = open_image(&images[i], names[i], options, &err);
	if (!rc)
		rc = make_page(&page, &size, images, count, &err);
	progress_end(false);
	if (!rc)
		rc = write_page(options->output, page, size, &err);
	free(page);
	for (size_t i = count; i > 0; i--)
		report_image_release(&images[i - 1]);
	return rc ? say_error(&err) : EXIT_DONE;
}

static int run_report(int argc, char **argv)
{
	struct options options = { 0 };
	struct oci_error err;
	int status =
		options_parse(&command_report, "report", &options, argc, argv);
	int count = argc - optind;

	if (status < 0 && (count < 1 || count > 2))
		status = say_usage("report", "one or two images are needed");
	if (status < 0 && !options.output)
		status = say_usage("report",
				   "-o is needed: a file, or - for standard "
				   "output");
	if (status < 0)
		status = remote_ready(&options.remote, "report");
	catch_signals();
	if (status < 0 && remote_claim_names(&options.remote, argv + optind,
					     (size_t)count, &err))
		status = say_error(&err);
	if (status < 0)
		status = run(argv + optind, (size_t)count, &options);
	remote_release(&options.remote);
	free(options.platform.items);
	return status;
}

#define AT(member) offsetof(struct options, member)

static const struct cli_option own[] = {
	{ "output", 'o', "FILE", "write the page to FILE; - is standard output",
	  AT(output), NULL },
	{ "platform", 0, "P", "of an index, this platform", AT(platform),
	  take_platform },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_report = {
	.name = "report",
	.summary = "write a page in HTML about an image, or about two",
	.usage = "report [options] IMAGE -o FILE.html\n"
		 "report [options] A B -o FILE.html",
	.about = "Writes one HTML file, which a browser shows without a "
		 "network: the sizes of layers, folders and files, the "
		 "packages, the bytes that are shipped in vain, the findings "
		 "of lint, and the config and manifest. For two images, the "
		 "page shows what differs between A and B, as diff tells it. "
		 "The same images give the same file. IMAGE is "
		 "FILE.tar[:NAME], -, DIR, oci:DIR[:TAG], dir:DIR or "
		 "docker://REF; a REF with a host needs no docker://.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "an archive", "oci-pack report app.tar -o app.html" },
		{ "an image in a registry",
		  "oci-pack report docker://ghcr.io/owner/app:1 -o app.html" },
		{ "what differs between two images",
		  "oci-pack report old.tar new.tar -o changes.html" },
	},
	.run = run_report,
};
