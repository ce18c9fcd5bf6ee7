/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining: makes one index of images that are in stores already and are for
 * several platforms. OCI Image Specification, image-index.md. Attestations are
 * those of BuildKit: members of an index with the annotation
 * vnd.docker.reference.digest, which names the image that they are about.
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

/* An index that is being put together: its members and the stores that have
 * them. After a call that failed, it can only be freed. */
struct oci_join;

struct oci_join_options {
	size_t size;		/* sizeof(struct oci_join_options) */
	const struct oci_platform *platforms;	/* oci_join_add adds only images
				 * for these; borrowed */
	size_t platform_count;	/* 0: all */
	bool attestations;	/* add the images' attestations, too */
	/* Called with a sentence about each member that is replaced or left
	 * out; may be NULL. */
	void (*note)(void *data, const char *note);
	void *note_data;
	volatile const int *cancelled;	/* ends the call with OCI_E_CANCELLED
					 * once it is not 0; may be NULL */
};

#define OCI_JOIN_OPTIONS_INIT \
	{ sizeof(struct oci_join_options), NULL, 0, true, NULL, NULL, \
	  NULL }

/* options may be NULL. */
OCI_API int oci_join_new(struct oci_join **out,
			 const struct oci_join_options *options,
			 struct oci_error *err);
/* NULL-safe. To be called before the stores are freed. */
OCI_API void oci_join_free(struct oci_join *join);

/*
 * Starts with the image that the new index replaces. The members and
 * annotations of an index are taken over; a manifest becomes the first member.
 * An image that oci_join_add adds later replaces the one for the same platform,
 * and that one's attestations. May be called once, before oci_join_add.
 */
OCI_API int oci_join_start(struct oci_join *join, struct oci_store *store,
			   const struct oci_descriptor *image,
			   struct oci_error *err);
/*
 * Adds an image: a manifest, whose platform its config tells, or all members of
 * an index and of the indexes in it. Manifests are read and compared with their
 * digests; layers are not read. An attestation is added if its image is. name
 * is for messages. The store is borrowed until the join is freed. Errors:
 * OCI_E_CONFLICT if two calls add images for one platform; one index may have
 * several.
 */
OCI_API int oci_join_add(struct oci_join *join, struct oci_store *store,
			 const struct oci_descriptor *image, const char *name,
			 struct oci_error *err);
/* Removes the images for the platform `what`, or the image with the digest
 * `what`, and their attestations. OCI_E_NOT_FOUND if there is none. */
OCI_API int oci_join_remove(struct oci_join *join, const char *what,
			    struct oci_error *err);

/* The index's annotations, for the caller to fill in; borrowed. */
OCI_API struct oci_pairs *oci_join_annotations(struct oci_join *join);
/* Sets an annotation of the descriptors of the images for a platform, or of all
 * images if platform is NULL. */
OCI_API int oci_join_annotate(struct oci_join *join,
			      const struct oci_platform *platform,
			      const char *key, const char *value,
			      struct oci_error *err);

/*
 * Copies what `to` lacks and writes the index to it, without naming or
 * committing it. Blobs of another repository of the same registry are mounted
 * if the registry allows it. options may be NULL; its platform is not used. The
 * caller releases *out. OCI_E_INVALID if the index has no image.
 */
OCI_API int oci_join_write(struct oci_descriptor *out, struct oci_join *join,
			   struct oci_store *to,
			   const struct oci_copy_options *options,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
