/* SPDX-License-Identifier: Apache-2.0 */
/* An archive as `docker save` writes it. */
#ifndef TESTS_SAVED_H
#define TESTS_SAVED_H

#include "images.h"

#include "store/ustar.h"

/* Adds a member; data of size 0 is none. */
UNUSED static void save_member(FILE *file, const char *name, const void *data,
			       size_t size)
{
	static const char zeros[OCI_USTAR_BLOCK];
	unsigned char header[OCI_USTAR_BLOCK];
	size_t padding = (size_t)oci_ustar_padded(size) - size;

	assert_int_equal(oci_ustar_header(header, name, size, 0, NULL), 0);
	assert_int_equal(fwrite(header, 1, sizeof(header), file),
			 sizeof(header));
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fwrite(zeros, 1, padding, file), padding);
}

/* One image of one layer, called x:1, as name in the folder. */
UNUSED static const char *save_image(const char *name, const void *layer,
				     size_t size,
				     const struct oci_digest *diff_id)
{
	static const char manifest[] =
		"[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],"
		"\"Layers\":[\"l.tar\"]}]";
	static const char zeros[2 * OCI_USTAR_BLOCK];
	const char *path = in_folder(name);
	FILE *file = fopen(path, "wb");
	char config[512];

	assert_non_null(file);
	snprintf(config, sizeof(config),
		 "{\"architecture\":\"riscv64\",\"os\":\"linux\",\"rootfs\":"
		 "{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}",
		 diff_id->text);
	save_member(file, "l.tar", layer, size);
	save_member(file, "c.json", config, strlen(config));
	save_member(file, "manifest.json", manifest, sizeof(manifest) - 1);
	assert_int_equal(fwrite(zeros, 1, sizeof(zeros), file), sizeof(zeros));
	assert_int_equal(fclose(file), 0);
	return path;
}

#endif
