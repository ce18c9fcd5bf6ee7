/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists the files of an image that is in an archive, as its containers see
 * them: type and mode, owner, size, layer, path.
 *
 *   cc list-files.c $(pkg-config --cflags --libs liboci) -o list-files
 *   ./list-files app.tar linux/riscv64
 */
#include <stdio.h>

#include <oci/oci.h>

static char letter(enum oci_entry_type type)
{
	switch (type) {
	case OCI_ENTRY_DIRECTORY:
		return 'd';
	case OCI_ENTRY_SYMLINK:
		return 'l';
	case OCI_ENTRY_CHARACTER_DEVICE:
		return 'c';
	case OCI_ENTRY_BLOCK_DEVICE:
		return 'b';
	case OCI_ENTRY_FIFO:
		return 'p';
	default:
		return '-';
	}
}

static int print(void *data, const struct oci_entry *e, struct oci_error *err)
{
	(void)data;
	(void)err;
	printf("%c%04o %u:%u %8llu layer %u /%s%s%s\n", letter(e->type),
	       (unsigned)e->mode, (unsigned)e->uid, (unsigned)e->gid,
	       (unsigned long long)e->size, e->layer, e->path,
	       e->target ? " -> " : "", e->target ? e->target : "");
	return 0;
}

/* Reads the image of a platform, applies its layers, and lists the files. */
static int list(struct oci_store *store, const char *platform,
		struct oci_error *err)
{
	struct oci_image_documents image = { 0 };
	struct oci_descriptor index = { 0 };
	struct oci_rootfs *rootfs = NULL;
	struct oci_platform wanted;
	int rc = oci_platform_parse(&wanted, platform, err);

	if (!rc)
		rc = oci_store_resolve(&index, store, NULL, err);
	if (!rc)
		rc = oci_image_open(&image, store, &index, &wanted, err);
	if (!rc)
		rc = oci_image_rootfs(&rootfs, store, &image, NULL, err);
	if (!rc)
		rc = oci_rootfs_each(rootfs, "/", true, print, NULL, err);
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

	if (argc != 3) {
		fprintf(stderr, "usage: %s FILE.tar PLATFORM\n", argv[0]);
		return 2;
	}
	rc = oci_archive_open(&store, argv[1], NULL, &err);
	if (!rc)
		rc = list(store, argv[2], &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[0], err.message);
	oci_store_free(store);
	return rc ? 1 : 0;
}
