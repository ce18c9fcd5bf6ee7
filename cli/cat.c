/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack cat: prints a file of an image. */
#include "files.h"

enum { ROOM = 128 * 1024 };

static int copy(struct oci_source *source, struct oci_error *err)
{
	static char data[ROOM];
	size_t got = 1;
	int rc = 0;

	while (!rc && got && !ferror(stdout)) {
		if (was_interrupted())
			return oci_error_set(err, OCI_E_CANCELLED,
					     "interrupted");
		rc = oci_source_read(&got, source, data, sizeof(data), err);
		if (!rc)
			say_bytes(stdout, data, got);
	}
	return rc;
}

static int print(struct files *files, const char *path,
		 const struct files_options *options, struct oci_error *err)
{
	struct oci_source *source;
	int rc = files_apply(files, path, err);

	(void)options;
	if (!rc)
		rc = oci_rootfs_open_file(&source, files->rootfs, path, err);
	if (rc)
		return rc;
	rc = copy(source, err);
	oci_source_free(source);
	return rc;
}

static int run_cat(int argc, char **argv)
{
	return files_run(&command_cat, 2, 2, print, argc, argv);
}

#define AT(member) offsetof(struct files_options, member)

const struct command command_cat = {
	.name = "cat",
	.summary = "print a file of an image",
	.usage = "cat [options] IMAGE PATH",
	.about = "Prints the bytes of the file at PATH, as a container of the "
		 "image would read them. Symbolic links are followed inside "
		 "the image. IMAGE is FILE.tar[:NAME], -, DIR, oci:DIR[:TAG], "
		 "dir:DIR or docker://REF; a REF with a host needs no "
		 "docker://.",
	.groups = { { &files_platform, 0 },
		    { &verbose_option, AT(remote) },
		    { &progress_option, AT(remote) },
		    { &registry_options, AT(remote) },
		    { &inflate_options, AT(remote) },
		    { &sandbox_option, AT(remote) } },
	.examples = {
		{ "a file",
		  "oci-pack cat app.tar /etc/app.conf" },
		{ "of an image in a registry",
		  "oci-pack cat docker://ghcr.io/owner/app:1 /etc/app.conf" },
		{ "of one platform",
		  "oci-pack cat app.tar /etc/app.conf --platform "
		  "linux/riscv64" },
	},
	.run = run_cat,
};
