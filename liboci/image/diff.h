/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of oci_image_diff. */
#ifndef IMAGE_DIFF_H
#define IMAGE_DIFF_H

#include <oci/diff.h>

#include "layer/rootfs.h"

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

/* The files of an image, sorted by path. */
struct oci_diff_list {
	const struct oci_rootfs_entry **entries;
	const char **links; /* for each entry: the path of the file that it is
			     * a hard link of; or NULL */
	size_t count;
};

/* diff_links.c: makes list->links. The caller frees it. */
int oci_diff_find_links(struct oci_diff_list *list, struct oci_error *err);

/* A file of one image. */
struct oci_diff_file {
	const struct oci_rootfs_entry *entry; /* NULL: there is none */
	const char *link;		      /* as in struct oci_diff_list */
};

/* diff_report.c: counts a file that differs, and reports it. */
int oci_diff_report_file(struct oci_diff *out, const struct oci_diff_file *a,
			 const struct oci_diff_file *b, unsigned aspects,
			 const struct oci_diff_options *options,
			 struct oci_error *err);

#endif
