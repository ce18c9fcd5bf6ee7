/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacks an image that is in an archive to a new folder.
 *
 *   cc unpack-image.c $(pkg-config --cflags --libs liboci) -o unpack-image
 *   ./unpack-image app.tar linux/riscv64 FOLDER
 */
#include <stdio.h>

#include <oci/oci.h>

static int unpack(struct oci_store *store, const char *platform,
		  const char *folder, struct oci_error *err)
{
	struct oci_image_documents image = { 0 };
	struct oci_descriptor index = { 0 };
	struct oci_rootfs *rootfs = NULL;
	struct oci_platform wanted;
	uint64_t left_out = 0;
	int rc = oci_platform_parse(&wanted, platform, err);

	/* Before all layers are read. */
	if (!rc)
		rc = oci_rootfs_check_output(folder, err);
	if (!rc)
		rc = oci_store_resolve(&index, store, NULL, err);
	if (!rc)
		rc = oci_image_open(&image, store, &index, &wanted, err);
	if (!rc)
		rc = oci_image_rootfs(&rootfs, store, &image, NULL, err);
	if (!rc)
		rc = oci_rootfs_unpack(&left_out, rootfs, "/", folder, NULL,
				       err);
	if (left_out)
		fprintf(stderr, "without root, %llu devices were left out\n",
			(unsigned long long)left_out);
	oci_rootfs_free(rootfs);
	oci_image_documents_release(&image);
	oci_descriptor_release(&index);
	return rc;
}

int main(int argc, char **argv)
{
	struct oci_store *store = NULL;
	struct oci_error err;
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s FILE.tar PLATFORM FOLDER\n",
			argv[0]);
		return 2;
	}
	rc = oci_archive_open(&store, argv[1], NULL, &err);
	if (!rc)
		rc = unpack(store, argv[2], argv[3], &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_store_free(store);
	return rc ? 1 : 0;
}
