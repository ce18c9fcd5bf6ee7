/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where blobs were seen, so that other repositories of a registry can mount
 * them. Hints alone: what is wrong in them costs a request. Kept in a file
 * between runs; lines "HOST/REPOSITORY DIGEST", the newest last.
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
	char *path; /* NULL: not kept */
	bool loaded;
	bool read_only;		   /* the file stays as it is */
	struct oci_strings lines;  /* of the file */
	struct oci_strings fresh;  /* of this run */
	struct oci_strings coming; /* on their way up just now */
};

int oci_mount_candidates_init(struct oci_mount_candidates *mount_candidates,
			      const char *path, struct oci_error *err);
/* Keeps what is new, as well as it can. */
void oci_mount_candidates_release(
	struct oci_mount_candidates *mount_candidates);

/* A blob is in a repository, for certain. What memory lacks is forgotten. */
void oci_mount_candidates_add(struct oci_mount_candidates *mount_candidates,
			      const char *host, const char *repository,
			      const struct oci_digest *digest);
/* Up to a few other repositories of host, the most promising first. */
int oci_mount_candidates_find(struct oci_strings *out,
			      struct oci_mount_candidates *mount_candidates,
			      const char *host, const char *repository,
			      const struct oci_digest *digest,
			      struct oci_error *err);

/*
 * Says that a blob goes up to host, and waits while another thread is at it.
 * *there is whether that put it into the same repository; else
 * oci_mount_candidates_leave has to follow.
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
