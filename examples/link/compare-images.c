/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells which fields and files of two images differ. An image is an OCI layout
 * with one image, or a folder that skopeo wrote (dir:).
 *
 *   cc compare-images.c $(pkg-config --cflags --libs liboci) -o compare-images
 *   ./compare-images old new
 */
#include <stdio.h>

#include <oci/oci.h>

static int on_field(void *data, const char *field, const char *a,
		    const char *b, struct oci_error *err)
{
	(void)data;
	(void)err;
	printf("%s: %s, %s\n", field, a ? a : "absent", b ? b : "absent");
	return 0;
}

static int on_file(void *data, const struct oci_entry *a,
		   const struct oci_entry *b, unsigned aspects,
		   struct oci_error *err)
{
	(void)data;
	(void)err;
	printf("%c /%s%s\n", !a ? '+' : b ? '~' : '-', (a ? a : b)->path,
	       aspects & OCI_ASPECT_CONTENT ? " (content)" : "");
	return 0;
}

/* Opens the folder, and reads the manifest and config of its first image. */
static int open_image(struct oci_store **store,
		      struct oci_image_documents *image, const char *folder,
		      struct oci_error *err)
{
	struct oci_descriptor descriptor = { 0 };
	int rc = oci_layout_open(store, folder, err);

	if (rc)
		rc = oci_dir_open(store, folder, err);
	if (!rc)
		rc = oci_store_resolve(&descriptor, *store, NULL, err);
	if (!rc)
		rc = oci_image_open(image, *store, &descriptor, NULL, err);
	oci_descriptor_release(&descriptor);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_diff_options options = OCI_DIFF_OPTIONS_INIT;
	struct oci_image_documents a = { 0 }, b = { 0 };
	struct oci_store *store_a = NULL, *store_b = NULL;
	struct oci_diff diff = { 0 };
	struct oci_error err;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: %s FOLDER FOLDER\n", argv[0]);
		return 2;
	}
	options.field = on_field;
	options.file = on_file;
	rc = open_image(&store_a, &a, argv[1], &err);
	if (!rc)
		rc = open_image(&store_b, &b, argv[2], &err);
	if (!rc)
		rc = oci_image_diff(&diff, store_a, &a, store_b, &b, &options,
				    &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	else
		printf("%zu added, %zu removed, %zu changed\n", diff.added,
		       diff.removed, diff.changed);
	oci_image_documents_release(&b);
	oci_image_documents_release(&a);
	oci_store_free(store_b);
	oci_store_free(store_a);
	return rc || !diff.manifest ? 1 : 0;
}
