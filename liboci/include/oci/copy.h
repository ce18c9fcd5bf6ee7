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
	const struct oci_platform *platform;	/* of an index, this one alone;
				 * NULL: all, attached manifests included */
	unsigned jobs;		/* transfers at a time; 0: 4 */
	oci_progress_fn *progress; /* may be NULL; called once for each
				    * blob: when it is copied, or with done 0
				    * when a repository starts to transfer it */
	void *progress_data;
	bool referrers;		/* also manifests whose subject is copied, such
				 * as signatures; theirs, too */
	volatile const int *cancelled;	/* set to end it; may be NULL */
	/* A sentence about what is passed over; may be NULL. */
	void (*note)(void *data, const char *note);
	void *note_data;
};

#define OCI_COPY_OPTIONS_INIT                                                  \
	{                                                                      \
		sizeof(struct oci_copy_options), NULL, 0, NULL, NULL, false,   \
			NULL, NULL, NULL                                       \
	}

/*
 * Copies what image leads to, byte for byte, without naming or committing it.
 * Blobs that `to` has are passed over, and so are layers that have URLs of
 * their own ("urls" of the descriptor) and that `from` lacks. *out (the caller
 * releases it) is what was copied: image, or the manifest of the platform.
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
