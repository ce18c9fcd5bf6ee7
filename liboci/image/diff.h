/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of oci_image_diff. */
#ifndef IMAGE_DIFF_H
#define IMAGE_DIFF_H

#include <oci/diff.h>

struct oci_rootfs_entry;

/* diff_config.c: reports the fields that differ, and counts them. */
int oci_diff_fields(struct oci_diff *out, const struct oci_image_documents *a,
		    const struct oci_image_documents *b,
		    const struct oci_diff_options *options,
		    struct oci_error *err);

/* diff_history.c: the same for the history, which is one field. */
int oci_diff_history(struct oci_diff *out, const struct oci_config *a,
		     const struct oci_config *b,
		     const struct oci_diff_options *options,
		     struct oci_error *err);

/* One of the two images. */
struct oci_diff_side {
	struct oci_store *store;
	const struct oci_image_documents *image;
};

/* diff_files.c: the same for files. Two threads read the images, unless both
 * have the same store. */
int oci_diff_files(struct oci_diff *out, const struct oci_diff_side *a,
		   const struct oci_diff_side *b,
		   const struct oci_diff_options *options,
		   struct oci_error *err);

/* diff_report.c: counts a file that differs, and reports it. a or b is NULL if
 * that image does not have the file. */
int oci_diff_report_file(struct oci_diff *out, const struct oci_rootfs_entry *a,
			 const struct oci_rootfs_entry *b, unsigned aspects,
			 const struct oci_diff_options *options,
			 struct oci_error *err);

#endif
