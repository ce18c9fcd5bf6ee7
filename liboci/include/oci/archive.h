/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image archives. Those that are written are an OCI layout and what `docker
 * save` writes at once, so that docker, podman, containerd and skopeo all load
 * them.
 * OCI Image Specification, image-layout.md; Docker Image Specification 1.2,
 * "Combined Image JSON + Filesystem Changeset Format".
 */
#ifndef OCI_ARCHIVE_H
#define OCI_ARCHIVE_H

#include <stdint.h>

#include <oci/error.h>
#include <oci/platform.h>
#include <oci/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens an archive to read; the path "-" is standard input. One with an
 * oci-layout is an OCI archive, whatever else it has. One with Docker's
 * manifest.json alone, as docker, podman, skopeo and crane save it, gets a
 * manifest made up for each of its images, with OCI's media types: the same for
 * the same archive every time. Its layers are hashed here, and compared with
 * the config's diff_ids where they are not compressed; one that differs is
 * OCI_E_CORRUPT. A compressed archive is inflated into temp_dir. Of the
 * options, which may be NULL, temp_dir, max_inflated and cancelled count; a
 * store that was opened does not look at cancelled any more.
 */
struct oci_archive_options;
OCI_API int oci_archive_open(struct oci_store **out, const char *path,
			     const struct oci_archive_options *options,
			     struct oci_error *err);

struct oci_archive_options {
	size_t size;		/* sizeof(struct oci_archive_options) */
	int64_t mtime;		/* of the members; seconds */
	const struct oci_platform *platform;	/* the one of an index that
				 * manifest.json tells of; NULL: its first */
	const char *temp_dir;	/* for an archive to stdout, and to inflate a
				 * compressed one; NULL: /var/tmp */
	uint64_t max_inflated;	/* bytes that a compressed one may inflate to;
				 * 0: 8 GiB, or 200 times its size */
	volatile const int *cancelled;	/* set to end it; may be NULL */
};

#define OCI_ARCHIVE_OPTIONS_INIT \
	{ sizeof(struct oci_archive_options), 0, NULL, NULL, 0, NULL }

/*
 * Starts an archive at path, or on standard output for "-". It appears under
 * its name when it is committed. options may be NULL.
 */
OCI_API int oci_archive_create(struct oci_store **out, const char *path,
			       const struct oci_archive_options *options,
			       struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
