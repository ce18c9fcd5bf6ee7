/* SPDX-License-Identifier: Apache-2.0 */
/* A call for each struct of options that abi_test.c cuts. */
#ifndef TESTS_ABI_USES_H
#define TESTS_ABI_USES_H

#include "images.h"

/* What the calls below work on. */
struct bench {
	struct oci_store *store; /* a layout with one image */
	struct oci_descriptor image;
	struct oci_tree *tree;
	char spec[256];
	unsigned calls;
};

/* Calls a function with options. Returns its status. */
typedef int use_fn(struct bench *bench, const void *options,
		   struct oci_error *err);

static int use_archive(struct bench *bench, const void *options,
		       struct oci_error *err)
{
	struct oci_store *archive;
	struct oci_descriptor copy;
	int rc = oci_archive_create(&archive, in_folder("a.tar"), options, err);

	if (!rc)
		rc = oci_store_copy(&copy, archive, bench->store, &bench->image,
				    NULL, err);
	if (!rc)
		rc = oci_store_tag(archive, NULL, &copy, err);
	if (!rc)
		rc = oci_store_commit(archive, err);
	oci_descriptor_release(&copy);
	oci_store_free(archive);
	if (!rc)
		rc = oci_archive_open(&archive, in_folder("a.tar"), options,
				      err);
	oci_store_free(archive);
	return rc;
}

static int use_copy(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_descriptor copy;
	struct oci_store *to;
	int rc = oci_layout_create(&to, in_folder("to"), err);

	if (!rc)
		rc = oci_store_copy(&copy, to, bench->store, &bench->image,
				    options, err);
	if (!rc)
		oci_descriptor_release(&copy);
	oci_store_free(to);
	return rc;
}

/* Without an environment no engine is looked for. */
static int use_engine(struct bench *bench, const void *options,
		      struct oci_error *err)
{
	struct oci_engine *engine;

	(void)bench;
	assert_int_equal(oci_engine_open(&engine, options, err), OCI_E_INVALID);
	return 0;
}

static int use_join(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_join *join;
	int rc = oci_join_new(&join, options, err);

	if (!rc)
		rc = oci_join_add(join, bench->store, &bench->image, "x", err);
	oci_join_free(join);
	return rc;
}

static int use_layer(struct bench *bench, const void *options,
		     struct oci_error *err)
{
	struct oci_layer layer, usual;
	struct oci_sink *sink;
	int rc;

	assert_int_equal(oci_store_create(&sink, bench->store, err), 0);
	rc = oci_layer_write(&layer, bench->tree, sink, options, err);
	oci_sink_free(sink);
	assert_int_equal(oci_store_create(&sink, bench->store, err), 0);
	if (!rc)
		rc = oci_layer_write(&usual, bench->tree, sink, NULL, err);
	oci_sink_free(sink);
	if (!rc)
		assert_string_equal(layer.digest.text, usual.digest.text);
	return rc;
}

static int use_lint(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_lint_result result = { 0 };
	int rc = oci_lint_image(&result, bench->store, &bench->image, options,
				err);

	assert_int_equal(result.images, 1);
	if (!rc)
		rc = oci_lint_archive(&result, in_folder("a.tar"), options,
				      NULL, NULL, err);
	return rc;
}

static int use_pack(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_descriptor image, usual;
	struct oci_spec *spec;
	int rc = oci_spec_open(&spec, bench->spec, NULL, err);

	if (!rc)
		rc = oci_spec_pack(&image, spec, bench->store, options, err);
	if (!rc)
		rc = oci_spec_pack(&usual, spec, bench->store, NULL, err);
	if (!rc) {
		assert_string_equal(image.digest.text, usual.digest.text);
		oci_descriptor_release(&image);
		oci_descriptor_release(&usual);
	}
	oci_spec_free(spec);
	return rc;
}

static int use_registry(struct bench *bench, const void *options,
			struct oci_error *err)
{
	struct oci_registry *registry;
	int rc = oci_registry_new(&registry, options, err);

	(void)bench;
	oci_registry_free(registry);
	return rc;
}

static int open_rootfs(struct oci_rootfs **out, struct bench *bench,
		       const struct oci_rootfs_options *options,
		       struct oci_error *err)
{
	struct oci_image_documents image;
	int rc = oci_image_open(&image, bench->store, &bench->image, NULL, err);

	if (rc)
		return rc;
	rc = oci_image_rootfs(out, bench->store, &image, options, err);
	oci_image_documents_release(&image);
	return rc;
}

static int use_rootfs(struct bench *bench, const void *options,
		      struct oci_error *err)
{
	struct oci_rootfs *rootfs = NULL;
	int rc = open_rootfs(&rootfs, bench, options, err);

	oci_rootfs_free(rootfs);
	return rc;
}

static int use_rootfs_unpack(struct bench *bench, const void *options,
			     struct oci_error *err)
{
	struct oci_rootfs *rootfs = NULL;
	int rc = open_rootfs(&rootfs, bench, NULL, err);

	if (!rc)
		rc = oci_rootfs_unpack(NULL, rootfs, "/", in_folder("unpacked"),
				       options, err);
	oci_rootfs_free(rootfs);
	remove_all(in_folder("unpacked"));
	return rc;
}

static int use_spec(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_spec *spec;
	int rc = oci_spec_open(&spec, bench->spec, options, err);

	oci_spec_free(spec);
	return rc;
}

static int use_tree(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	struct oci_tree *tree;
	int rc = oci_tree_new(&tree, options, err);

	(void)bench;
	oci_tree_free(tree);
	return rc;
}

static int use_verify(struct bench *bench, const void *options,
		      struct oci_error *err)
{
	size_t findings;

	return oci_image_verify(&findings, bench->store, options, err);
}

static int use_walk(struct bench *bench, const void *options,
		    struct oci_error *err)
{
	return oci_image_walk(bench->store, &bench->image, options, err);
}

static int use_layer_read(struct bench *bench, const void *options,
			  struct oci_error *err)
{
	struct oci_image_documents image;
	struct oci_source *tar;
	int rc = oci_image_open(&image, bench->store, &bench->image, NULL, err);

	if (rc)
		return rc;
	rc = oci_layer_open(&tar, bench->store, &image.manifest.layers.items[0],
			    options, err);
	oci_source_free(tar);
	oci_image_documents_release(&image);
	return rc;
}

static int use_attributes(struct bench *bench, const void *attrs,
			  struct oci_error *err)
{
	struct oci_tree *tree;
	int rc = oci_tree_new(&tree, NULL, err);

	if (!rc)
		rc = oci_tree_add_content(tree, "/a", "x", 1, attrs, err);
	if (!rc)
		rc = oci_tree_add_file(tree, "/b", bench->spec, attrs, err);
	if (!rc)
		rc = oci_tree_add_folder(tree, "/c", in_folder("store/blobs"),
					 NULL, attrs, err);
	if (!rc)
		rc = oci_tree_add_archive(tree, "/d", in_folder("a.tar"), NULL,
					  attrs, err);
	oci_tree_free(tree);
	return rc;
}

static int use_filter(struct bench *bench, const void *filter,
		      struct oci_error *err)
{
	struct oci_tree *tree;
	int rc = oci_tree_new(&tree, NULL, err);

	(void)bench;
	if (!rc)
		rc = oci_tree_add_folder(tree, "/c", in_folder("store/blobs"),
					 filter, NULL, err);
	if (!rc)
		rc = oci_tree_add_archive(tree, "/d", in_folder("a.tar"),
					  filter, NULL, err);
	oci_tree_free(tree);
	return rc;
}

#endif
