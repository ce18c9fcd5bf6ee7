/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack extract: writes the files of an image to a folder, or as a tar. */
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "files.h"

/* Copies one layer's tar as it is. */
static int copy_layer(const struct files *files, struct oci_sink *sink,
		      uint64_t number, struct oci_error *err)
{
	const struct oci_descriptors *layers = &files->image.manifest.layers;
	struct oci_layer_read_options options = OCI_LAYER_READ_OPTIONS_INIT;
	struct oci_source *tar;
	int rc;

	if (number > layers->count)
		return oci_error_set(err, OCI_E_NOT_FOUND,
				     "there is no layer %llu: the image has "
				     "%zu",
				     (unsigned long long)number, layers->count);
	options.max_inflated = max_inflated();
	options.cancelled = interrupted_flag();
	rc = oci_layer_open(&tar, files->from.store, &layers->items[number - 1],
			    &options, err);
	if (rc)
		return rc;
	rc = oci_source_copy(NULL, tar, sink, err);
	oci_source_free(tar);
	return rc;
}

static int write_tar(struct files *files, const char *path, uint64_t layer,
		     struct oci_error *err)
{
	struct oci_sink *sink;
	int rc = layer ? 0 : files_apply(files, path, err);

	if (!rc)
		rc = oci_sink_open_fd(&sink, STDOUT_FILENO, err);
	if (rc)
		return rc;
	rc = layer ? copy_layer(files, sink, layer, err)
		   : oci_rootfs_write_tar(files->rootfs, path, sink, err);
	if (!rc)
		rc = oci_sink_finish(sink, err);
	oci_sink_free(sink);
	return rc;
}

static int write_folder(const struct files *files, const char *path,
			const char *output, struct oci_error *err)
{
	struct oci_rootfs_unpack_options options =
		OCI_ROOTFS_UNPACK_OPTIONS_INIT;
	uint64_t left_out;
	int rc;

	options.cancelled = interrupted_flag();
	rc = oci_rootfs_unpack(&left_out, files->rootfs, path, output, &options,
			       err);
	if (!rc && left_out)
		say(stderr,
		    "oci-pack: %llu device%s left out: making them needs "
		    "root\n",
		    (unsigned long long)left_out,
		    left_out == 1 ? " was" : "s were");
	return rc;
}

static int extract(struct files *files, const char *path,
		   const struct files_options *options, struct oci_error *err)
{
	int rc;

	if (!options->output)
		return oci_error_set(err, OCI_E_INVALID,
				     "-o is needed: a folder, or - for a tar "
				     "on standard output");
	if (strcmp(options->output, "-") == 0)
		return write_tar(files, path, options->layer, err);
	if (options->layer)
		return oci_error_set(err, OCI_E_INVALID,
				     "--layer writes a tar: it needs -o -");
	rc = oci_rootfs_check_output(options->output, err);
	if (!rc)
		rc = files_apply(files, path, err);
	return rc ? rc : write_folder(files, path, options->output, err);
}

static int take_layer(void *target, const struct parse *parse,
		      const char *value)
{
	if (parse_number(target, value, 100000) && *(uint64_t *)target)
		return -1;
	return say_usage(parse->command, "--layer '%s' is not a number from 1",
			 value);
}

static int run_extract(int argc, char **argv)
{
	return files_run(&command_extract, 1, 2, extract, argc, argv);
}

#define AT(member) offsetof(struct files_options, member)

static const struct cli_option own[] = {
	{ "output", 'o', "DIR|-",
	  "a new or empty folder; -, a tar on standard output", AT(output),
	  NULL },
	{ "layer", 0, "N",
	  "with -o -, the tar of the layer N as it is, whiteouts included; 1 "
	  "is the lowest",
	  AT(layer), take_layer },
	{ 0 },
};

static const struct option_group own_options = { NULL, NULL, own };

const struct command command_extract = {
	.name = "extract",
	.summary = "write the files of an image to a folder, or as a tar",
	.usage = "extract [options] IMAGE [PATH] -o DIR|-",
	.about = "Writes the files that a container of the image would see in "
		 "the directory PATH (default: /), or the file at PATH, to "
		 "the folder DIR. Root also gets their owners, their devices "
		 "and their set-user-ID bits. Extended attributes are left "
		 "out. IMAGE is FILE.tar[:NAME], -, DIR, oci:DIR[:TAG], "
		 "dir:DIR or docker://REF; a REF with a host needs no "
		 "docker://.",
	.groups = { { &own_options, 0 },
		    { &files_platform, 0 },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "all files, to a new folder",
		  "oci-pack extract app.tar -o folder" },
		{ "a part of them, as a tar",
		  "oci-pack extract app.tar /etc -o - | tar -tv" },
		{ "the tar of the first layer",
		  "oci-pack extract app.tar --layer 1 -o - >layer.tar" },
	},
	.run = run_extract,
};
