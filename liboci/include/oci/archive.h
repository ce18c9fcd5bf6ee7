/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image archives: tar files with images. The archives that the library writes
 * are an OCI layout and have docker save's manifest.json as well, so that
 * docker, podman, containerd and skopeo can load them.
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
 * Opens an archive for reading; the path "-" is standard input. A compressed
 * archive is inflated into temp_dir first.
 *
 * An archive with a member oci-layout is read as an OCI layout. An archive that
 * has only Docker's manifest.json (docker, podman, skopeo and crane save such
 * ones) is read, too: the library makes a manifest with OCI's media types for
 * each image, and the same archive always gives the same manifests. Its layers
 * are digested when it is opened. A layer that is not compressed is compared
 * with the config's diff_id; OCI_E_CORRUPT if it differs.
 *
 * options may be NULL. temp_dir, max_inflated and cancelled are used; cancelled
 * only while the archive is opened. Other errors: OCI_E_NOT_FOUND,
 * OCI_E_INVALID if the file is no archive, OCI_E_LIMIT.
 */
struct oci_archive_options;
OCI_API int oci_archive_open(struct oci_store **out, const char *path,
			     const struct oci_archive_options *options,
			     struct oci_error *err);

struct oci_archive_options {
	size_t size;		/* sizeof(struct oci_archive_options) */
	int64_t mtime;		/* of the members; seconds */
	const struct oci_platform
		*platform;	/* the one platform of an index
				 * that manifest.json lists; NULL: the first */
	const char *temp_dir;	/* for archives to standard output, and for
				 * compressed ones; NULL: /var/tmp */
	uint64_t max_inflated;	/* bytes that a compressed archive may inflate
				 * to; 0: 8 GiB, or 200 times its size */
	volatile const int *cancelled;	/* ends the call with OCI_E_CANCELLED
					 * once it is not 0; may be NULL */
};

#define OCI_ARCHIVE_OPTIONS_INIT \
	{ sizeof(struct oci_archive_options), 0, NULL, NULL, 0, NULL }

/*
 * Creates an archive at path, or on standard output if path is "-". The file
 * gets its name with oci_store_commit. options may be NULL.
 */
OCI_API int oci_archive_create(struct oci_store **out, const char *path,
			       const struct oci_archive_options *options,
			       struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
