/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives and packages into a tree, over a lower layer with links: what is
 * taken stays under its folder, and can be written.
 */
#include "sink.h"
#include "target.h"

static void check_paths(const struct oci_tree *tree)
{
	struct oci_entry e;

	for (size_t i = 0; i < oci_tree_count(tree); i++) {
		oci_tree_get(&e, tree, i);
		if (strcmp(e.path, "x") != 0 && strncmp(e.path, "x/", 2) != 0)
			abort();
	}
}

static void unpack(const char *path, int deb)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_tree_options tree_options = OCI_TREE_OPTIONS_INIT;
	struct oci_layer layer;
	struct oci_tree *tree;
	int rc;

	tree_options.temp_dir = "/tmp";
	options.compression = OCI_COMPRESSION_NONE;
	if (oci_tree_new(&tree, &tree_options, NULL))
		return;
	rc = deb ? oci_tree_add_deb(tree, path, "riscv64", NULL, NULL) :
		   oci_tree_add_archive(tree, "/x", path, NULL, NULL, NULL);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, NULL);
	if (!rc && !deb)
		check_paths(tree);
	if (!rc && oci_tree_size(tree) < 1 << 20)
		oci_layer_write(&layer, tree, sink_drop(), &options, NULL);
	oci_tree_free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = target_file(data, size);

	unpack(path, 0);
	unpack(path, 1);
	return 0;
}
