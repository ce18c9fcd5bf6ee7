/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs pass to public functions: no options, and several stores.
 */
#include "helpers.h"

#include <oci/oci.h>

static void make_layout(struct oci_store **out, const char *name)
{
	struct oci_error err;
	char path[512];

	snprintf(path, sizeof(path), "%s", in_folder(name));
	check_done(oci_layout_create(out, path, &err), &err, name);
}

static void test_none(void **state)
{
	struct oci_error err;
	struct oci_registry *registry;
	struct oci_tree *tree;
	struct oci_join *join;
	struct oci_store *store;
	size_t findings;

	(void)state;
	check_done(oci_registry_new(&registry, NULL, &err), &err, "registry");
	oci_registry_free(registry);
	check_done(oci_tree_new(&tree, NULL, &err), &err, "tree");
	oci_tree_free(tree);
	check_done(oci_join_new(&join, NULL, &err), &err, "join");
	oci_join_free(join);
	make_layout(&store, "none");
	check_done(oci_store_commit(store, &err), &err, "commit");
	check_done(oci_image_verify(&findings, store, NULL, &err), &err,
		   "verify");
	oci_store_free(store);
}

/* A layer without options is gzip, and the image says so. */
static void test_layer(void **state)
{
	struct oci_platform platform;
	struct oci_image *image;
	struct oci_tree *tree;
	struct oci_store *store;
	struct oci_error err;

	(void)state;
	check_done(oci_platform_parse(&platform, "linux/riscv64", &err), &err,
		   "platform");
	make_layout(&store, "layer");
	check_done(oci_image_new(&image, &platform, 0, &err), &err, "image");
	check_done(oci_tree_new(&tree, NULL, &err), &err, "tree");
	check_done(oci_tree_settle(tree, NULL, &err), &err, "settle");
	check_done(oci_image_add_layer(image, store, tree, NULL, &err), &err,
		   "layer");
	check_done(oci_image_add_written(image,
					 &(struct oci_layer){
						 .size = 1,
					 },
					 NULL, &err),
		   &err, "written");
	oci_tree_free(tree);
	oci_image_free(image);
	oci_store_free(store);
}

static void put_image(struct oci_descriptor *out, struct oci_store *store)
{
	static const char text[] = "{\"schemaVersion\":2}";
	struct oci_error err;

	*out = (struct oci_descriptor){ 0 };
	out->media_type = strdup(OCI_MEDIA_MANIFEST);
	check_done(oci_store_put(out, store, text, strlen(text), &err), &err,
		   "put");
}

static void test_tee(void **state)
{
	struct oci_store *stores[2], *tee;
	struct oci_descriptor image;
	struct oci_reference name;
	struct oci_error err;

	(void)state;
	make_layout(&stores[0], "tee-a");
	make_layout(&stores[1], "tee-b");
	check_done(oci_store_tee(&tee, stores, 2, &err), &err, "tee");
	put_image(&image, tee);
	check_done(oci_reference_parse(&name, "x/y:1", &err), &err, "name");
	check_done(oci_store_tag(tee, &name, &image, &err), &err, "tag");
	check_done(oci_store_commit(tee, &err), &err, "commit");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(oci_store_names(stores[i])->count, 1);
	check_done(oci_store_untag(tee, &image.digest, &err), &err, "untag");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(oci_store_names(stores[i])->count, 0);
	oci_store_free(tee);
	oci_store_free(stores[0]);
	oci_store_free(stores[1]);
	oci_descriptor_release(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "faults 32: options may be NULL", test_none, make_folder,
		  drop_folder, NULL },
		{ "faults 32: a layer's options may be NULL", test_layer,
		  make_folder, drop_folder, NULL },
		{ "faults 32: a tee tags all of its stores", test_tee,
		  make_folder, drop_folder, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
