/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins the images of OCI layouts, one for each platform, to an index in
 * another layout.
 *
 *   cc join-images.c $(pkg-config --cflags --libs liboci) -o join-images
 *   ./join-images app:1 joined built-on-amd64 built-on-riscv64
 */
#include <stdio.h>

#include <oci/oci.h>

enum { LAYOUTS_MAX = 16 };

static int add(struct oci_join *join, struct oci_store **store,
	       const char *layout, struct oci_error *err)
{
	struct oci_descriptor image = { 0 };
	int rc = oci_layout_open(store, layout, err);

	if (!rc)
		rc = oci_store_resolve(&image, *store, NULL, err);
	if (!rc)
		rc = oci_join_add(join, *store, &image, layout, err);
	oci_descriptor_release(&image);
	return rc;
}

static int write_index(struct oci_join *join, const char *name,
		       const char *layout, struct oci_error *err)
{
	struct oci_descriptor index = { 0 };
	struct oci_reference reference;
	struct oci_store *to = NULL;
	int rc = oci_reference_parse(&reference, name, err);

	if (!rc)
		rc = oci_pairs_set(oci_join_annotations(join),
				   "org.opencontainers.image.title", name, err);
	if (!rc)
		rc = oci_layout_create(&to, layout, err);
	if (!rc)
		rc = oci_join_write(&index, join, to, NULL, err);
	if (!rc)
		rc = oci_store_tag(to, &reference, &index, err);
	if (!rc)
		rc = oci_store_commit(to, err);
	if (!rc)
		printf("%s\n", index.digest.text);
	oci_descriptor_release(&index);
	oci_store_free(to);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_store *stores[LAYOUTS_MAX] = { 0 };
	struct oci_join *join = NULL;
	struct oci_error err;
	int rc;

	if (argc < 4 || argc - 3 > LAYOUTS_MAX) {
		fprintf(stderr, "usage: %s NAME:TAG TO LAYOUT...\n", argv[0]);
		return 2;
	}
	rc = oci_join_new(&join, NULL, &err);
	for (int i = 3; !rc && i < argc; i++)
		rc = add(join, &stores[i - 3], argv[i], &err);
	if (!rc)
		rc = write_index(join, argv[1], argv[2], &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	/* The join borrows the stores: it goes first. */
	oci_join_free(join);
	for (int i = 0; i < LAYOUTS_MAX; i++)
		oci_store_free(stores[i]);
	return rc ? 1 : 0;
}
