/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack inspect: what an image holds. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "inspect.h"

static const char help[] =
	"Usage: oci-pack inspect [options] IMAGE\n"
	"\n"
	"Tells what an image holds: platforms, layers, config, annotations.\n"
	"IMAGE is FILE.tar[:NAME], DIR, oci:DIR[:TAG], dir:DIR or\n"
	"docker://REF; a REF with a host needs no docker://.\n"
	"\n"
	"      --platform P        of an index, this platform alone\n"
	"      --json              as JSON, with the documents as they are\n"
	"      --raw               the exact bytes of the manifest or index\n"
	"  -v, --verbose           tell of each request\n"
	"  -h, --help\n"
	REMOTE_HELP;

enum { OPT_JSON = 256, OPT_RAW, OPT_PLATFORM };

struct options {
	bool json;
	bool raw;
	struct oci_platform platform;
	bool has_platform;
	struct remote_options remote;
};

static int read_manifest(struct inspect_image *out, struct oci_store *store,
			 struct oci_error *err)
{
	int rc = oci_store_read(&out->manifest_json, store, &out->descriptor,
				err);

	if (!rc)
		rc = oci_manifest_parse(&out->manifest, out->manifest_json,
					(size_t)out->descriptor.size,
					out->descriptor.media_type, err);
	if (rc || !oci_media_is_config(out->manifest.config.media_type))
		return rc;
	rc = oci_store_read(&out->config_json, store, &out->manifest.config,
			    err);
	if (!rc)
		rc = oci_config_parse(&out->config, out->config_json,
				      (size_t)out->manifest.config.size, err);
	return rc;
}

static int add_image(struct inspect *in, const struct oci_descriptor *d,
		     const struct options *options, struct oci_error *err)
{
	struct inspect_image *images, *image;
	int rc;

	if (options->has_platform && d->has_platform &&
	    !oci_platform_equal(&d->platform, &options->platform))
		return 0;
	images = realloc(in->images, (in->count + 1) * sizeof(*images));
	if (!images) {
		snprintf(err->message, sizeof(err->message), "out of memory");
		return OCI_E_NOMEM;
	}
	in->images = images;
	image = &images[in->count++];
	*image = (struct inspect_image){0};
	rc = oci_descriptor_copy(&image->descriptor, d, err);
	return rc ? rc : read_manifest(image, in->from.store, err);
}

static int read_index(struct inspect *in, const struct options *options,
		      struct oci_error *err)
{
	struct oci_index *index = &in->index;
	const struct oci_descriptor *d = &in->from.image;
	int rc = oci_index_parse(index, in->json, (size_t)d->size,
				 d->media_type, err);

	for (size_t i = 0; !rc && i < index->manifests.count; i++)
		if (oci_media_is_manifest(index->manifests.items[i].media_type))
			rc = add_image(in, &index->manifests.items[i], options,
				       err);
	if (!rc && options->has_platform && !in->count) {
		snprintf(err->message, sizeof(err->message),
			 "it has no image for that platform");
		rc = OCI_E_NOT_FOUND;
	}
	return rc;
}

static int load(struct inspect *in, const struct options *options,
		struct oci_error *err)
{
	int rc = oci_store_read(&in->json, in->from.store, &in->from.image,
				err);

	if (rc || options->raw)
		return rc;
	if (oci_media_is_index(in->from.image.media_type))
		return read_index(in, options, err);
	return add_image(in, &in->from.image, options, err);
}

static void release(struct inspect *in)
{
	for (size_t i = 0; i < in->count; i++) {
		struct inspect_image *image = &in->images[i];

		oci_descriptor_release(&image->descriptor);
		oci_manifest_release(&image->manifest);
		oci_config_release(&image->config);
		free(image->manifest_json);
		free(image->config_json);
	}
	free(in->images);
	free(in->json);
	oci_index_release(&in->index);
	opened_release(&in->from);
}

static int run(const char *text, struct options *options)
{
	struct inspect in = {0};
	struct oci_error err;
	int rc = opened_init(&in.from, text, &options->remote, &err);

	if (!rc)
		rc = load(&in, options, &err);
	if (rc)
		say_error(&err);
	else if (options->raw)
		fwrite(in.json, 1, (size_t)in.from.image.size, stdout);
	else if (options->json)
		inspect_print_json(&in);
	else
		inspect_print_text(&in);
	release(&in);
	return rc ? EXIT_FAILED : EXIT_DONE;
}

static int take_option(struct options *out, int option, char **argv)
{
	struct oci_error err;
	int status;

	switch (option) {
	case OPT_JSON:
		out->json = true;
		return -1;
	case OPT_RAW:
		out->raw = true;
		return -1;
	case OPT_PLATFORM:
		if (oci_platform_parse(&out->platform, optarg, &err))
			return say_refused("inspect", "", &err);
		out->has_platform = true;
		return -1;
	case 'v':
		out->remote.verbose = true;
		return -1;
	case 'h':
		return fputs(help, stdout) < 0;
	default:
		status = remote_option(&out->remote, "inspect", option);
		return status != -2 ? status :
			       say_usage("inspect", "unknown option '%s'",
					 argv[optind - 1]);
	}
}

int command_inspect(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "json", no_argument, NULL, OPT_JSON },
		{ "raw", no_argument, NULL, OPT_RAW },
		{ "platform", required_argument, NULL, OPT_PLATFORM },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		REMOTE_OPTIONS,
		{ NULL, 0, NULL, 0 },
	};
	struct options options = {0};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv, "vh",
						   long_options, NULL)) != -1)
		status = take_option(&options, option, argv);
	if (status < 0 && optind + 1 != argc)
		status = say_usage("inspect", "one image is to be named");
	if (status < 0 && options.json && options.raw)
		status = say_usage("inspect", "--json and --raw exclude each "
				   "other");
	if (status < 0)
		status = remote_ready(&options.remote, "inspect");
	catch_signals();
	if (status < 0)
		status = run(argv[optind], &options);
	remote_release(&options.remote);
	return status;
}
