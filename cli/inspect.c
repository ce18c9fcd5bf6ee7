/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack inspect: shows platforms, layers, config and annotations. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "inspect.h"
#include "values.h"

struct options {
	bool json;
	bool raw;
	struct platforms platform;
	struct remote_options remote;
};

/* The most bytes of all documents of an image, which are in memory together. */
#define DOCUMENTS_BYTES (UINT64_C(64) << 20)

static int read_document(char **out, uint64_t *bytes, struct oci_store *store,
			 const struct oci_descriptor *d, struct oci_error *err)
{
	*out = NULL;
	if (was_interrupted())
		return oci_error_set(err, OCI_E_CANCELLED, "interrupted");
	*bytes += d->size;
	if (d->size <= DOCUMENTS_BYTES && *bytes > DOCUMENTS_BYTES)
		return oci_error_set(
			err, OCI_E_LIMIT,
			"its documents have more than 64 "
			"MiB, the most that are read: name one of its "
			"platforms with --platform, or one image by its "
			"digest");
	return oci_store_read(out, store, d, err);
}

static int read_manifest(struct inspect_image *out, uint64_t *bytes,
			 struct oci_store *store, struct oci_error *err)
{
	int rc = read_document(&out->manifest_json, bytes, store,
			       &out->descriptor, err);

	if (!rc)
		rc = oci_manifest_parse(&out->manifest, out->manifest_json,
					(size_t)out->descriptor.size,
					out->descriptor.media_type, err);
	if (rc || !oci_media_is_config(out->manifest.config.media_type))
		return rc;
	rc = read_document(&out->config_json, bytes, store,
			   &out->manifest.config, err);
	if (!rc)
		rc = oci_config_parse(&out->config, out->config_json,
				      (size_t)out->manifest.config.size, err);
	return rc;
}

static void release_image(struct inspect_image *image)
{
	oci_descriptor_release(&image->descriptor);
	oci_manifest_release(&image->manifest);
	oci_config_release(&image->config);
	free(image->manifest_json);
	free(image->config_json);
}

static int show_image(struct inspect *in, const struct oci_descriptor *d,
		      size_t listed, uint64_t *bytes, struct oci_error *err)
{
	struct inspect_image image = { .listed = listed };
	int rc = oci_descriptor_copy(&image.descriptor, d, err);

	if (!rc)
		rc = read_manifest(&image, bytes, in->from.store, err);
	/* Docker saves an index without all of its images. */
	if (rc == OCI_E_NOT_FOUND && in->index.manifests.count &&
	    !image.manifest_json) {
		in->absent++;
		rc = 0;
	}
	if (!rc)
		inspect_print_image(in, &image);
	in->count += !rc;
	release_image(&image);
	return rc;
}

static int by_digest(const void *a, const void *b)
{
	const struct oci_descriptor *const *left = a, *const *right = b;
	int order = strcmp((*left)->digest.text, (*right)->digest.text);

	return order ? order : (*left > *right) - (*left < *right);
}

/* Counts how often an index lists each image. The first entry of an image has
 * the count, its other entries have 0. The caller frees the array. */
static size_t *count_members(const struct oci_descriptors *list)
{
	const struct oci_descriptor **sorted =
		calloc(list->count + 1, sizeof(*sorted));
	size_t *listed = calloc(list->count + 1, sizeof(*listed)), n = 0;

	if (!sorted || !listed) {
		free(sorted);
		free(listed);
		return NULL;
	}
	for (size_t i = 0; i < list->count; i++)
		sorted[n++] = &list->items[i];
	qsort(sorted, n, sizeof(*sorted), by_digest);
	for (size_t i = 0, first = 0; i < n; i++) {
		if (!oci_digest_equal(&sorted[i]->digest,
				      &sorted[first]->digest))
			first = i;
		listed[sorted[first] - list->items]++;
	}
	free(sorted);
	return listed;
}

static int show_images(struct inspect *in, const struct oci_descriptors *list,
		       struct oci_error *err)
{
	size_t *listed = count_members(list);
	uint64_t bytes = 0;
	int rc = listed ? 0 : fail_nomem(err);

	for (size_t i = 0; !rc && i < list->count; i++)
		if (listed[i])
			rc = show_image(in, &list->items[i], listed[i], &bytes,
					err);
	free(listed);
	if (!rc && in->count && in->absent == in->count)
		rc = oci_error_set(err, OCI_E_NOT_FOUND,
				   "no image that its index names is there");
	return rc;
}

static int show(struct inspect *in, const struct options *options,
		struct oci_error *err)
{
	const struct oci_descriptor *d = &in->from.image;
	struct oci_descriptors list;
	uint64_t bytes = 0;
	int rc = 0;

	if (oci_media_is_index(d->media_type))
		rc = oci_index_parse(&in->index, in->json, (size_t)d->size,
				     d->media_type, err);
	if (rc)
		return rc;
	inspect_print_head(in);
	if (options->platform.count) {
		rc = show_image(in, &in->chosen, 1, &bytes, err);
	} else {
		rc = oci_store_images(&list, in->from.store, d, err);
		if (!rc)
			rc = show_images(in, &list, err);
		oci_descriptors_release(&list);
	}
	inspect_print_tail(in);
	return rc;
}

/* Prints nothing if a part of the image cannot be read. */
static int show_all(struct inspect *in, const struct options *options,
		    struct oci_error *err)
{
	char *text = NULL;
	size_t size = 0;
	int rc;

	in->out = open_memstream(&text, &size);
	if (!in->out)
		return fail_nomem(err);
	in->as_json = options->json;
	rc = show(in, options, err);
	rc = say_end(in->out, &text, rc, err);
	if (!rc)
		say_bytes(stdout, text, size);
	free(text);
	return rc;
}

static int run(const char *text, struct options *options)
{
	struct inspect in = {0};
	struct oci_error err;
	const struct oci_descriptor *raw = &in.from.image;
	int rc = sandbox_images(&options->remote, (char *[]){ (char *)text }, 1,
				NULL, &err);

	if (!rc)
		rc = opened_init(&in.from, text, &options->remote, &err);
	if (!rc && options->platform.count) {
		rc = oci_store_manifest(&in.chosen, in.from.store, raw,
					options->platform.items, &err);
		if (options->raw)
			raw = &in.chosen;
	}
	if (!rc)
		rc = oci_store_read(&in.json, in.from.store, raw, &err);
	if (!rc && options->raw)
		say_bytes(stdout, in.json, (size_t)raw->size);
	else if (!rc)
		rc = show_all(&in, options, &err);
	if (rc)
		say_error(&err);
	free(in.json);
	oci_index_release(&in.index);
	oci_descriptor_release(&in.chosen);
	opened_release(&in.from);
	return rc ? EXIT_FAILED : EXIT_DONE;
}

static int run_inspect(int argc, char **argv)
{
	struct options options = { 0 };
	int status = options_parse(&command_inspect, "inspect", &options, argc,
				   argv);

	if (status < 0 && optind + 1 != argc)
		status = say_usage("inspect", "one IMAGE is needed");
	if (status < 0 && options.json && options.raw)
		status = say_usage("inspect",
				   "--json and --raw exclude each other");
	if (status < 0)
		status = remote_ready(&options.remote, "inspect");
	catch_signals();
	if (status < 0)
		status = run(argv[optind], &options);
	remote_release(&options.remote);
	free(options.platform.items);
	return status;
}

#define AT(member) offsetof(struct options, member)

static const struct cli_option own[] = {
	{ "platform", 0, "P", "of an index, only this platform", AT(platform),
	  take_platform },
	{ "json", 0, NULL,
	  "print JSON, with the manifests and configs as they are", AT(json),
	  NULL },
	{ "raw", 0, NULL, "print the exact bytes of the manifest or index",
	  AT(raw), NULL },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_inspect = {
	.name = "inspect",
	.summary = "show platforms, layers, config and annotations of an image",
	.usage = "inspect [options] IMAGE",
	.about = "Shows the platforms, layers, config and annotations of an "
		 "image. IMAGE is FILE.tar[:NAME], -, DIR, oci:DIR[:TAG], "
		 "dir:DIR or docker://REF; a REF with a host needs no "
		 "docker://.",
	.groups = { { &own_options, 0 },
		    { &verbose_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "what an archive has",
		  "oci-pack inspect app.tar" },
		{ "an image in a registry",
		  "oci-pack inspect docker://ghcr.io/owner/app:1" },
		{ "its digest alone",
		  "oci-pack inspect --json app.tar | jq -r .digest" },
	},
	.run = run_inspect,
};
