/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repositories where blobs are believed to exist, so that other repositories of
 * the registry can mount them. A wrong candidate only costs a request. A file
 * keeps them between runs, in lines "HOST/REPOSITORY DIGEST", the newest last.
 */
#ifndef REGISTRY_MOUNT_CANDIDATES_H
#define REGISTRY_MOUNT_CANDIDATES_H

#include <pthread.h>
#include <stdbool.h>

#include <oci/digest.h>
#include <oci/text.h>

struct oci_mount_candidates {
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	char *path; /* of the file; NULL: none */
	bool loaded;
	bool read_only;		   /* the file is not written */
	struct oci_strings lines;  /* of the file */
	struct oci_strings fresh;  /* added in this run */
	struct oci_strings coming; /* blobs that are being uploaded now */
};

int oci_mount_candidates_init(struct oci_mount_candidates *mount_candidates,
			      const char *path, struct oci_error *err);
/* Writes the file; a failure is ignored. */
void oci_mount_candidates_release(
	struct oci_mount_candidates *mount_candidates);

/* Adds a repository that has a blob. Does nothing if memory runs out. */
void oci_mount_candidates_add(struct oci_mount_candidates *mount_candidates,
			      const char *host, const char *repository,
			      const struct oci_digest *digest);
/* Adds a few other repositories of host that may have the blob to *out, the
 * most likely first. */
int oci_mount_candidates_find(struct oci_strings *out,
			      struct oci_mount_candidates *mount_candidates,
			      const char *host, const char *repository,
			      const struct oci_digest *digest,
			      struct oci_error *err);

/*
 * Called before a blob is uploaded to host. Waits while another thread uploads
 * the same blob to it. Sets *there if that thread put the blob into the same
 * repository; otherwise the caller has to call oci_mount_candidates_leave.
 */
int oci_mount_candidates_enter(bool *there,
			       struct oci_mount_candidates *mount_candidates,
			       const char *host, const char *repository,
			       const struct oci_digest *digest,
			       struct oci_error *err);
void oci_mount_candidates_leave(struct oci_mount_candidates *mount_candidates,
				const char *host,
				const struct oci_digest *digest);

#endif
