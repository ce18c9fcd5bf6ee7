/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs a folder as an image of one layer, and pushes it while it is packed.
 *
 *   cc push-folder.c $(pkg-config --cflags --libs liboci) -o push-folder
 *   ./push-folder FOLDER /opt/app linux/riscv64 ghcr.io/owner/app:1
 */
#include <stdio.h>

#include "registry.h"

static int add_folder(struct oci_image *image, struct oci_store *store,
		      const char *folder, const char *path,
		      struct oci_error *err)
{
	struct oci_tree *tree;
	int rc = oci_tree_new(&tree, NULL, err);

	if (!rc)
		rc = oci_tree_add_folder(tree, path, folder, NULL, NULL, err);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, err);
	if (!rc)
		rc = oci_image_add_layer(image, store, tree, NULL, err);
	oci_tree_free(tree);
	return rc;
}

/* Nothing has the tag before oci_store_commit has uploaded everything. */
static int push(struct oci_store *store, const struct oci_reference *name,
		char **args, struct oci_error *err)
{
	struct oci_descriptor manifest = { 0 };
	struct oci_image *image = NULL;
	struct oci_platform platform;
	int rc = oci_platform_parse(&platform, args[3], err);

	if (!rc)
		rc = oci_image_new(&image, &platform, 0, err);
	if (!rc)
		rc = add_folder(image, store, args[1], args[2], err);
	if (!rc)
		rc = oci_image_write(&manifest, image, store, err);
	if (!rc)
		rc = oci_store_tag(store, name, &manifest, err);
	if (!rc)
		rc = oci_store_commit(store, err);
	if (!rc)
		printf("%s %s\n", args[4], manifest.digest.text);
	oci_descriptor_release(&manifest);
	oci_image_free(image);
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

	if (argc != 5) {
		fprintf(stderr, "usage: %s FOLDER PATH PLATFORM NAME:TAG\n",
			argv[0]);
		return 2;
	}
	rc = oci_reference_parse(&name, argv[4], &err);
	if (!rc)
		rc = open_registry(&registry, &files, &err);
	if (!rc)
		rc = oci_repository_create(&repository, registry, &name, NULL,
					   &err);
	if (!rc)
		rc = push(oci_repository_store(repository), &name, argv, &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	if (repository)
		oci_store_free(oci_repository_store(repository));
	oci_registry_free(registry);
	oci_strings_release(&files);
	return rc ? 1 : 0;
}
