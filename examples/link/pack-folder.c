/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs a folder as an image of one layer, with nothing but liboci:
 *
 *   cc pack-folder.c $(pkg-config --cflags --libs liboci) -o pack-folder
 *   ./pack-folder FOLDER /opt/app example.org/app:1 app.tar
 *   docker load -i app.tar
 */
#include <stdio.h>

#include <oci/oci.h>

static int make_tree(struct oci_tree **out, const char *folder,
		     const char *path, struct oci_error *err)
{
	int rc = oci_tree_new(out, NULL, err);

	if (!rc)
		rc = oci_tree_add_folder(*out, path, folder, NULL, NULL, err);
	if (!rc)
		rc = oci_tree_settle(*out, NULL, err);
	return rc;
}

static int pack(const struct oci_tree *tree, const char *name,
		struct oci_store *store, struct oci_error *err)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_descriptor descriptor = {0};
	struct oci_platform platform;
	struct oci_reference reference;
	struct oci_image *image = NULL;
	int rc = oci_platform_parse(&platform, "linux/riscv64", err);

	if (!rc)
		rc = oci_reference_parse(&reference, name, err);
	if (!rc)
		rc = oci_image_new(&image, &platform, 0, err);
	options.name = "folder";
	if (!rc)
		rc = oci_image_add_layer(image, store, tree, &options, err);
	if (!rc)
		rc = oci_image_write(&descriptor, image, store, err);
	if (!rc)
		rc = oci_store_tag(store, &reference, &descriptor, err);
	if (!rc)
		rc = oci_store_commit(store, err);
	if (!rc)
		printf("%s %s\n", name, descriptor.digest.text);
	oci_descriptor_release(&descriptor);
	oci_image_free(image);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_store *store = NULL;
	struct oci_tree *tree = NULL;
	struct oci_error err;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: %s FOLDER PATH NAME:TAG FILE.tar\n",
			argv[0]);
		return 2;
	}
	rc = make_tree(&tree, argv[1], argv[2], &err);
	if (!rc)
		rc = oci_archive_create(&store, argv[4], NULL, &err);
	if (!rc)
		rc = pack(tree, argv[3], store, &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_store_free(store);
	oci_tree_free(tree);
	return rc ? 1 : 0;
}
