/* SPDX-License-Identifier: Apache-2.0 */
/* Compares two images: their configs, their layers, and the files that the
 * layers give together. */
#ifndef OCI_DIFF_H
#define OCI_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/read.h>
#include <oci/store.h>
#include <oci/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The aspects in which two files with the same path may differ. */
enum oci_file_aspect {
	OCI_ASPECT_TYPE = 1,
	OCI_ASPECT_CONTENT = 2,
	OCI_ASPECT_MODE = 4,
	OCI_ASPECT_OWNER = 8,
	OCI_ASPECT_TIME = 16,
	OCI_ASPECT_TARGET = 32,	 /* of a symlink */
	OCI_ASPECT_DEVICE = 64,	 /* major or minor number */
	OCI_ASPECT_XATTRS = 128, /* extended attributes, except those of
				  * overlay (trusted.overlay.*) */
	OCI_ASPECT_LINK = 256	 /* the file that it is a hard link of */
};

/* Called for a file that differs. a or b is NULL if that image does not have
 * the file; otherwise aspects has the bits of enum oci_file_aspect. Of files
 * that are hard links of each other, all but the first have its path as target.
 * The entries are borrowed for the call. A result other than 0 ends the
 * comparison. */
typedef int oci_file_difference_fn(void *data, const struct oci_entry *a,
				   const struct oci_entry *b, unsigned aspects,
				   struct oci_error *err);
/* Returns whether the bytes of the regular file at path, which has size bytes,
 * are kept for oci_file_content_fn. Called before the images are compared, by
 * two threads. */
typedef bool oci_keep_fn(void *data, const char *path, uint64_t size);
/* The bytes of a file. data is NULL if the image does not have the file, or if
 * they were not kept. */
struct oci_file_bytes {
	const char *data;
	size_t size;
};
/* Called for a regular file whose content differs, or that one image does not
 * have, if bytes of it were kept; before oci_file_difference_fn is called for
 * it. The entries are as there. All is borrowed for the call. A result other
 * than 0 ends the comparison. */
typedef int oci_file_content_fn(void *data, const struct oci_entry *a,
				const struct oci_file_bytes *a_bytes,
				const struct oci_entry *b,
				const struct oci_file_bytes *b_bytes,
				struct oci_error *err);
/* Called for a field of the config, such as "user", or of the manifest, such as
 * "annotation NAME", that differs. a and b are its values as texts, lists as
 * JSON; NULL: the field is absent. Borrowed for the call. */
typedef int oci_field_difference_fn(void *data, const char *field,
				    const char *a, const char *b,
				    struct oci_error *err);

struct oci_diff_options {
	size_t size;			/* sizeof(struct oci_diff_options) */
	oci_file_difference_fn *file;	/* in the order of paths; may be NULL */
	oci_field_difference_fn *field; /* may be NULL */
	void *data;
	uint64_t max_inflated; /* as in struct oci_rootfs_options */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
	/* Kept bytes are in an unlinked file in temp_dir (NULL: /var/tmp).
	 * keep and content may be NULL, both or none of them. */
	oci_keep_fn *keep;
	oci_file_content_fn *content;
	const char *temp_dir;
};

#define OCI_DIFF_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_diff_options), NULL, NULL, NULL, 0, NULL,    \
			NULL, NULL, NULL                                       \
	}

struct oci_diff {
	bool manifest;	/* the digests of the manifests are equal */
	bool layers;	/* the digests of all layers are equal */
	bool tars;	/* the diff_ids of all layers are equal */
	size_t fields;	/* fields that differ */
	size_t added;	/* files that only b has */
	size_t removed; /* files that only a has */
	size_t changed; /* files that differ in more than their times */
	size_t times;	/* files that differ in their times alone */
};

/*
 * Compares two images. If both have the same layers, no layer is read;
 * otherwise each layer is read and compared with its digest. It does not matter
 * which layer a file comes from. The history of the config is one field,
 * "history": its values tell the first entry that differs. The stores may be
 * the same. options may be NULL. Errors: those of oci_image_rootfs and
 * oci_rootfs_extract; what the functions returned.
 */
OCI_API int oci_image_diff(struct oci_diff *out, struct oci_store *store_a,
			   const struct oci_image_documents *a,
			   struct oci_store *store_b,
			   const struct oci_image_documents *b,
			   const struct oci_diff_options *options,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
