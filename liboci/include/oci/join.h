/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining: makes one index from images for several platforms that stores have
 * already. OCI Image Specification, image-index.md. Attestations are those of
 * BuildKit: members of an index whose annotation vnd.docker.reference.digest
 * names the image that the attestation is about.
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

/* An index that is being put together: its members, and the stores that have
 * the members. After a call that failed, the join can only be freed. */
struct oci_join;

struct oci_join_options {
	size_t size;		/* sizeof(struct oci_join_options) */
	const struct oci_platform
		*platforms;    /* oci_join_add adds only images
				* for these platforms; borrowed */
	size_t platform_count; /* 0: all platforms */
	bool attestations;     /* oci_join_add adds the images' attestations,
				* too */
	/* Called with a sentence about each image that is replaced; may be
	 * NULL. */
	void (*note)(void *data, const char *note);
	void *note_data;
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_JOIN_OPTIONS_INIT \
	{ sizeof(struct oci_join_options), NULL, 0, true, NULL, NULL, \
	  NULL }

/* options may be NULL. */
OCI_API int oci_join_new(struct oci_join **out,
			 const struct oci_join_options *options,
			 struct oci_error *err);
/* NULL-safe. The caller frees the stores after the join. */
OCI_API void oci_join_free(struct oci_join *join);

/*
 * Starts with the image that the new index is to replace. If image is an index,
 * the new index gets the members and annotations of image; if image is a
 * manifest, that manifest becomes the first member. An image that oci_join_add
 * adds later replaces the member for the same platform and the attestations of
 * that member. May be called once, before oci_join_add. The store is borrowed
 * until the join is freed.
 */
OCI_API int oci_join_start(struct oci_join *join, struct oci_store *store,
			   const struct oci_descriptor *image,
			   struct oci_error *err);
/*
 * Adds an image: a manifest, or all members of an index and of the indexes in
 * it. A manifest without an index gets its platform from its config. Manifests
 * are read and compared with their digests; layers are not read. An attestation
 * is added only if its image is added. name stands for image in messages. The
 * store is borrowed until the join is freed. Errors: OCI_E_CONFLICT if two
 * calls add images for the same platform. One call may add several images for
 * one platform, because an index may have them.
 */
OCI_API int oci_join_add(struct oci_join *join, struct oci_store *store,
			 const struct oci_descriptor *image, const char *name,
			 struct oci_error *err);
/* Removes the images for the platform `what`, or the member with the digest
 * `what`, and the attestations of the removed images. A platform without a
 * variant stands for all its variants. Errors: OCI_E_NOT_FOUND if the index has
 * no such member; OCI_E_INVALID. */
OCI_API int oci_join_remove(struct oci_join *join, const char *what,
			    struct oci_error *err);

/* Returns the annotations of the new index, borrowed, which the caller fills
 * in. */
OCI_API struct oci_pairs *oci_join_annotations(struct oci_join *join);
/* Sets an annotation of the descriptors of the images for a platform, or of all
 * images if platform is NULL. Errors: OCI_E_NOT_FOUND if there is no such
 * image. */
OCI_API int oci_join_annotate(struct oci_join *join,
			      const struct oci_platform *platform,
			      const char *key, const char *value,
			      struct oci_error *err);

/*
 * Copies the members and their blobs to the store `to`, and writes the index to
 * `to`, without naming or committing the index. What `to` has already is not
 * copied. Members that oci_join_start took over are not copied either, so `to`
 * must have them already. Blobs of another repository of the same registry are
 * mounted if the registry allows it. options may be NULL; options->platform is
 * not used. The caller releases *out. Errors: OCI_E_INVALID if the index has no
 * image.
 */
OCI_API int oci_join_write(struct oci_descriptor *out, struct oci_join *join,
			   struct oci_store *to,
			   const struct oci_copy_options *options,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
