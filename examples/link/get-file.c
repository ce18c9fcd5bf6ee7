/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes one file of an image in a registry to standard output. Without a path
 * it lists the tags of the repository.
 *
 *   cc get-file.c $(pkg-config --cflags --libs liboci) -o get-file
 *   ./get-file docker.io/library/debian:trixie /etc/os-release
 */
#include <stdio.h>

#include "registry.h"

static int write_file(struct oci_store *store, const char *path,
		      struct oci_error *err)
{
	struct oci_image_documents image = { 0 };
	struct oci_descriptor index = { 0 };
	struct oci_rootfs *rootfs = NULL;
	struct oci_source *file = NULL;
	struct oci_sink *out = NULL;
	int rc = oci_store_resolve(&index, store, NULL, err);

	/* Whatever the platform: NULL is the first of an index. */
	if (!rc)
		rc = oci_image_open(&image, store, &index, NULL, err);
	if (!rc)
		rc = oci_image_rootfs(&rootfs, store, &image, NULL, err);
	if (!rc)
		rc = oci_rootfs_open_file(&file, rootfs, path, err);
	if (!rc)
		rc = oci_sink_open_fd(&out, 1, err);
	if (!rc)
		rc = oci_source_copy(NULL, file, out, err);
	oci_sink_free(out);
	oci_source_free(file);
	oci_rootfs_free(rootfs);
	oci_image_documents_release(&image);
	oci_descriptor_release(&index);
	return rc;
}

static int list_tags(struct oci_registry *registry,
		     const struct oci_reference *name, struct oci_error *err)
{
	struct oci_strings tags = { 0 };
	int rc = oci_repository_tags(&tags, registry, name, err);

	for (size_t i = 0; !rc && i < tags.count; i++)
		printf("%s\n", tags.items[i]);
	oci_strings_release(&tags);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_repository *repository = NULL;
	struct oci_registry *registry = NULL;
	struct oci_strings files = { 0 };
	struct oci_reference name;
	struct oci_error err;
	int rc;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s HOST/NAME[:TAG] [PATH]\n", argv[0]);
		return 2;
	}
	rc = oci_reference_parse(&name, argv[1], &err);
	if (!rc)
		rc = open_registry(&registry, &files, &err);
	if (!rc && argc == 2)
		rc = list_tags(registry, &name, &err);
	else if (!rc)
		rc = oci_repository_open(&repository, registry, &name, &err);
	if (!rc && repository)
		rc = write_file(oci_repository_store(repository), argv[2],
				&err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	if (repository)
		oci_store_free(oci_repository_store(repository));
	oci_registry_free(registry);
	oci_strings_release(&files);
	return rc ? 1 : 0;
}
