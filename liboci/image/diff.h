/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of oci_image_diff. */
#ifndef IMAGE_DIFF_H
#define IMAGE_DIFF_H

#include <oci/diff.h>
#include <oci/rootfs.h>

#include "io/pool.h"

/* diff_config.c: reports the fields that differ, and counts them. */
int oci_diff_fields(struct oci_diff *out, const struct oci_image_documents *a,
		    const struct oci_image_documents *b,
		    const struct oci_diff_options *options,
		    struct oci_error *err);
/* A file of one image. The texts belong to the root file system. */
struct oci_diff_file {
	struct oci_entry entry;
	struct oci_digest digest; /* of a regular file */
};

/* One of the two images, with all of its files in the order of their paths. */
struct oci_diff_side {
	struct oci_task task; /* reads the files */
	struct oci_store *store;
	const struct oci_image_documents *image;
	const struct oci_diff_options *options;
	struct oci_rootfs *rootfs;
	struct oci_diff_file *files;
	size_t count;
	size_t capacity;
	char *data; /* for the bytes of files */
	int status; /* of reading; why has the error */
	struct oci_error why;
};

/* diff_files.c: reads the files of one image; does not touch the other, so that
 * two threads may read both. Release it in any case. */
void oci_diff_read(struct oci_diff_side *side);
void oci_diff_release(struct oci_diff_side *side);
/* diff_files.c: compares the paths of two struct oci_diff_file. */
int oci_diff_by_path(const void *a, const void *b);

#endif
