/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining: one index of images for many platforms, that are in stores already.
 * OCI Image Specification, image-index.md. Attestations are those of BuildKit:
 * members of an index with the annotation vnd.docker.reference.digest, which
 * names the image that they are about.
 */
#ifndef OCI_JOIN_H
#define OCI_JOIN_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/copy.h>
#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/platform.h>
#include <oci/store.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The members of an index to be, and the stores that they are in. After a call
 * that failed it can only be freed. */
struct oci_join;

struct oci_join_options {
	size_t size;		/* sizeof(struct oci_join_options) */
	const struct oci_platform *platforms;	/* of images that are added,
				 * these alone; borrowed */
	size_t platform_count;	/* 0: all */
	bool attestations;	/* those of the images go along */
	/* A sentence about what gives way or is left out; may be NULL. */
	void (*note)(void *data, const char *note);
	void *note_data;
	volatile const int *cancelled;	/* set to end it; may be NULL */
};

#define OCI_JOIN_OPTIONS_INIT \
	{ sizeof(struct oci_join_options), NULL, 0, true, NULL, NULL, \
	  NULL }

/* options may be NULL. */
OCI_API int oci_join_new(struct oci_join **out,
			 const struct oci_join_options *options,
			 struct oci_error *err);
/* Before the stores that it was told of. NULL-safe. */
OCI_API void oci_join_free(struct oci_join *join);

/*
 * Starts from an image that is where the index will be: of an index, the
 * members and annotations stay as they are; a manifest becomes its first
 * member. Images that are added take the place of those that are there for
 * their platforms, with their attestations. Comes first, or not at all.
 */
OCI_API int oci_join_start(struct oci_join *join, struct oci_store *store,
			   const struct oci_descriptor *image,
			   struct oci_error *err);
/*
 * Adds an image: a manifest for the platform that its config tells, or the
 * members of an index, and of indexes in it. Each manifest is read and checked;
 * no layer is. Attestations go along with the image that they are about, never
 * without it. Two images for one platform are OCI_E_CONFLICT, which says both
 * names; an index may have several by itself. The store has to stay.
 */
OCI_API int oci_join_add(struct oci_join *join, struct oci_store *store,
			 const struct oci_descriptor *image, const char *name,
			 struct oci_error *err);
/* Takes out what is for a platform, or has a digest, and its attestations. */
OCI_API int oci_join_remove(struct oci_join *join, const char *what,
			    struct oci_error *err);

/* The index's annotations, to be filled in. */
OCI_API struct oci_pairs *oci_join_annotations(struct oci_join *join);
/* Annotates the descriptors of the images for a platform; NULL: all images. */
OCI_API int oci_join_annotate(struct oci_join *join,
			      const struct oci_platform *platform,
			      const char *key, const char *value,
			      struct oci_error *err);

/*
 * Copies what `to` lacks and writes the index there, without naming or
 * committing it. What is in the same repository is not copied, and what is in
 * another one of the registry is mounted where the registry lets us. The
 * platform of the options is not used. The caller releases *out. An index of no
 * image is OCI_E_INVALID.
 */
OCI_API int oci_join_write(struct oci_descriptor *out, struct oci_join *join,
			   struct oci_store *to,
			   const struct oci_copy_options *options,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
