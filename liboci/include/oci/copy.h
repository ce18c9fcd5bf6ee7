/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying images between stores of any kind: layouts, archives, repositories of
 * registries.
 */
#ifndef OCI_COPY_H
#define OCI_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include <oci/descriptor.h>
#include <oci/error.h>
#include <oci/platform.h>
#include <oci/progress.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

struct oci_copy_options {
	size_t size;		/* sizeof(struct oci_copy_options) */
	const struct oci_platform *platform;	/* copy only the image for this
				 * platform; NULL: the whole index with its
				 * attestations */
	unsigned jobs;		/* transfers at a time; 0: 4. Not used if the
				 * destination is a repository or an archive */
	/* Called once for each blob that is copied, after the copy. If the
	 * destination is a repository, called once for each blob, when the blob
	 * is queued for upload; done is then 0. May be NULL. */
	oci_progress_fn *progress;
	void *progress_data;
	bool referrers; /* also copy the image's referrers, such as
			 * signatures, and their referrers */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
	/* Called with a sentence about each foreign layer that is not copied;
	 * may be NULL. */
	void (*note)(void *data, const char *note);
	void *note_data;
};

#define OCI_COPY_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_copy_options), NULL, 0, NULL, NULL, false,   \
			NULL, NULL, NULL                                       \
	}

/*
 * Copies an image with all its manifests, configs and layers byte for byte. The
 * copy is neither named nor committed. Blobs that `to` already has are not
 * copied. A layer that `from` lacks is not copied either if its descriptor has
 * "urls" (a foreign layer). options may be NULL. The caller releases *out, the
 * descriptor of the copy. Without a platform, *out equals *image; with one,
 * *out is the descriptor of that platform's manifest.
 */
OCI_API int oci_store_copy(struct oci_descriptor *out, struct oci_store *to,
			   struct oci_store *from,
			   const struct oci_descriptor *image,
			   const struct oci_copy_options *options,
			   struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
