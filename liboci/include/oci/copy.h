/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copying images between stores: layouts, archives and registries alike.
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
	unsigned jobs;		/* transfers at a time; 0: 4 */
	oci_progress_fn *progress; /* may be NULL; called once for each
				    * blob, after it is copied; if the
				    * destination is a repository, when its
				    * transfer starts, with done 0 */
	void *progress_data;
	bool referrers;		/* also copy what refers to the image, such as
				 * signatures, and what refers to those */
	volatile const int *cancelled;	/* ends the call with OCI_E_CANCELLED
					 * once it is not 0; may be NULL */
	/* Called with a sentence about each blob that is not copied; may be
	 * NULL. */
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
 * copy is not named or committed. Blobs that `to` already has are not copied,
 * nor are layers that `from` lacks and whose descriptor has "urls" (foreign
 * layers). options may be NULL. *out is the descriptor of the copy: that of
 * image, or of the platform's manifest. The caller releases it.
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
