/* SPDX-License-Identifier: Apache-2.0 */
/* Small images for the tests of stores. Comes after helpers.h. */
#ifndef TESTS_IMAGES_H
#define TESTS_IMAGES_H

#include "helpers.h"

/* One layer with a file of that content. */
UNUSED static int add_image(struct oci_descriptor *out,
			    struct oci_store *store, const char *platform,
			    const char *content, struct oci_error *err)
{
	struct oci_layer_options options = OCI_LAYER_OPTIONS_INIT;
	struct oci_platform p;
	struct oci_image *image = NULL;
	struct oci_tree *tree = NULL;
	int rc = oci_platform_parse(&p, platform, err);

	*out = (struct oci_descriptor){0};
	options.name = "x";
	options.jobs = 2;
	if (!rc)
		rc = oci_image_new(&image, &p, 0, err);
	if (!rc)
		rc = oci_tree_new(&tree, NULL, err);
	if (!rc)
		rc = oci_tree_add_content(tree, "/f", content, strlen(content),
					  NULL, err);
	if (!rc)
		rc = oci_tree_settle(tree, NULL, err);
	if (!rc)
		rc = oci_image_add_layer(image, store, tree, &options, err);
	if (!rc)
		rc = oci_strings_add(&oci_image_config(image)->cmd, "/f", err);
	if (!rc)
		rc = oci_image_write(out, image, store, err);
	oci_tree_free(tree);
	oci_image_free(image);
	return rc;
}

UNUSED static int tag_image(struct oci_store *store, const char *name,
			    const struct oci_descriptor *descriptor,
			    struct oci_error *err)
{
	struct oci_reference r = {0};
	int rc = 0;

	if (name && name[0] == ':')
		snprintf(r.tag, sizeof(r.tag), "%s", name + 1);
	else if (name)
		rc = oci_reference_parse(&r, name, err);
	return rc ? rc : oci_store_tag(store, name ? &r : NULL, descriptor,
				       err);
}

/* An image for the first platform, or an index for both. */
UNUSED static int put_image(struct oci_store *store, const char *name,
			    const char *content, bool index,
			    struct oci_error *err)
{
	struct oci_descriptor one, two, both = {0};
	struct oci_descriptors list = {0};
	int rc = add_image(&one, store, "linux/riscv64", content, err);

	if (!rc && !index)
		rc = tag_image(store, name, &one, err);
	if (!rc && index) {
		rc = add_image(&two, store, "linux/arm64", content, err);
		if (!rc)
			rc = oci_descriptors_add(&list, &one, err);
		if (!rc)
			rc = oci_descriptors_add(&list, &two, err);
		oci_descriptor_release(&two);
		if (!rc)
			rc = oci_image_write_index(&both, &list, NULL, store,
						   err);
		if (!rc)
			rc = tag_image(store, name, &both, err);
		oci_descriptor_release(&both);
		oci_descriptors_release(&list);
	}
	oci_descriptor_release(&one);
	return rc;
}

struct findings {
	size_t count;
	char all[65536];
};

UNUSED static void take_finding(void *data, const char *finding)
{
	struct findings *f = data;
	size_t used = strlen(f->all);

	f->count++;
	snprintf(f->all + used, sizeof(f->all) - used, "%s\n", finding);
}

/* How many findings there are; -1 where the store cannot be opened. */
UNUSED static int verify_path(const char *path, bool layout,
			      struct findings *found, struct oci_error *err)
{
	struct oci_verify_options options = OCI_VERIFY_OPTIONS_INIT;
	struct oci_store *store;
	size_t count = 0;
	int rc;

	*found = (struct findings){0};
	options.report = take_finding;
	options.report_data = found;
	rc = layout ? oci_layout_open(&store, path, err) :
		      oci_archive_open(&store, path, NULL, err);
	if (rc)
		return -1;
	rc = oci_image_verify(&count, store, &options, err);
	oci_store_free(store);
	if (rc)
		return -1;
	assert_int_equal(count, found->count);
	return (int)count;
}

#endif
