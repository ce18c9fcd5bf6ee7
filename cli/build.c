/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack build: a spec becomes an archive or a layout. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

struct build {
	struct build_options options;
	struct image_name output;
	struct build_names names;
	int64_t epoch;
	struct oci_spec *spec;
	struct oci_store *store;
	struct oci_descriptor image;
};

/* Errors that start with a place in the spec are left so, for editors. */
static bool has_place(const struct build *b, const char *text)
{
	size_t size = strlen(b->options.spec);

	return strncmp(text, b->options.spec, size) == 0 &&
	       text[size] == ':' && text[size + 1] >= '0' &&
	       text[size + 1] <= '9';
}

static void say(const struct build *b, const char *text)
{
	fprintf(stderr, "%s%s\n", has_place(b, text) ? "" : "oci-pack: ",
		text);
}

static void report(void *data, const char *text)
{
	say(data, text);
}

static int open_spec(struct build *b, struct oci_error *err)
{
	struct oci_spec_options options = OCI_SPEC_OPTIONS_INIT;

	options.folder = b->options.folder;
	options.vars = &b->options.vars;
	options.platforms = b->options.platforms;
	options.platform_count = b->options.platform_count;
	options.report = report;
	options.report_data = b;
	return oci_spec_open(&b->spec, b->options.spec, &options, err);
}

static int open_output(struct build *b, struct oci_error *err)
{
	struct oci_archive_options options = OCI_ARCHIVE_OPTIONS_INIT;
	size_t count;

	if (b->output.layout)
		return oci_layout_create(&b->store, b->output.path, err);
	options.mtime = b->epoch >= 0 ? b->epoch : 0;
	options.platform = oci_spec_platforms(b->spec, &count);
	options.temp_dir = temp_dir();
	return oci_archive_create(&b->store, b->output.path, &options, err);
}

static int on_progress(void *data, const struct oci_progress *progress)
{
	const struct build *b = data;
	char size[SIZE_TEXT];

	if (b->options.verbose && progress->done == progress->total) {
		format_size(size, progress->total);
		fprintf(stderr, "packed %s, %s of files\n",
			progress->what ? progress->what : "layer", size);
	}
	return was_interrupted();
}

static int pack(struct build *b, struct oci_error *err)
{
	struct oci_pack_options options = OCI_PACK_OPTIONS_INIT;

	options.epoch = b->epoch;
	options.temp_dir = temp_dir();
	options.compression = b->options.compression;
	options.level = b->options.level;
	options.jobs = b->options.jobs;
	options.progress = on_progress;
	options.progress_data = b;
	return oci_spec_pack(&b->image, b->spec, b->store, &options, err);
}

/* oci:DIR:TAG is a name of its own; an image without a name gets none. */
static int name_image(struct build *b, struct oci_error *err)
{
	struct oci_reference tag = {0};
	int rc = 0;

	if (b->output.tag) {
		rc = oci_tag_check(b->output.tag, err);
		if (rc)
			return rc;
		snprintf(tag.tag, sizeof(tag.tag), "%s", b->output.tag);
		return oci_store_tag(b->store, &tag, &b->image, err);
	}
	if (!b->names.count)
		return oci_store_tag(b->store, NULL, &b->image, err);
	for (size_t i = 0; !rc && i < b->names.count; i++)
		rc = oci_store_tag(b->store, &b->names.items[i], &b->image,
				   err);
	return rc;
}

static void say_result(const struct build *b)
{
	/* With an archive on stdout, the result is said on stderr. */
	FILE *out = strcmp(b->output.path, "-") == 0 ? stderr : stdout;
	char name[OCI_REFERENCE_TEXT];

	if (b->options.quiet) {
		fprintf(out, "%s\n", b->image.digest.text);
		return;
	}
	for (size_t i = 0; i < b->names.count; i++) {
		oci_reference_familiar(name, &b->names.items[i]);
		fprintf(out, "%s %s\n", name, b->image.digest.text);
	}
	if (!b->names.count)
		fprintf(out, "%s\n", b->image.digest.text);
}

static void say_platforms(const struct build *b)
{
	const struct oci_platform *platforms;
	char name[OCI_PLATFORM_TEXT];
	size_t count;

	platforms = oci_spec_platforms(b->spec, &count);
	if (count < 2 || b->output.layout || b->options.quiet)
		return;
	oci_platform_format(name, &platforms[0]);
	fprintf(stderr,
		"manifest.json, which docker load without the containerd "
		"image store reads, tells of %s alone: --platform chooses\n",
		name);
}

static int build(struct build *b, struct oci_error *err)
{
	int rc = build_names_make(&b->names, &b->options, b->spec, err);

	if (!rc)
		rc = build_check_output(b->output.path, b->spec,
					b->options.spec, err);
	if (!rc && b->output.tag)
		rc = oci_tag_check(b->output.tag, err);
	if (!rc)
		rc = open_output(b, err);
	if (!rc)
		rc = pack(b, err);
	if (!rc)
		rc = name_image(b, err);
	if (!rc)
		rc = oci_store_commit(b->store, err);
	return rc;
}

static int run(struct build *b)
{
	struct oci_error err;

	if (!read_epoch(&b->epoch))
		return EXIT_USAGE;
	if (!image_name_parse(&b->output, b->options.output, &err))
		return say_error(&err);
	/* Its errors were reported one by one; others come with their own. */
	if (open_spec(b, &err))
		return EXIT_FAILED;
	if (build(b, &err)) {
		say(b, err.message);
		return EXIT_FAILED;
	}
	say_result(b);
	say_platforms(b);
	return EXIT_DONE;
}

int command_build(int argc, char **argv)
{
	struct build b = {0};
	int status = build_options_parse(&b.options, argc, argv);

	catch_signals();
	if (status < 0)
		status = run(&b);
	oci_store_free(b.store);
	oci_spec_free(b.spec);
	oci_descriptor_release(&b.image);
	build_names_release(&b.names);
	image_name_release(&b.output);
	build_options_release(&b.options);
	return status;
}
