/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image archives: tar files with images. An archive that the library writes is
 * an OCI layout and also has the manifest.json of docker save, so that docker,
 * podman, containerd and skopeo can load it.
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
 * has only Docker's manifest.json, as docker, podman, skopeo and crane save it,
 * is read, too: the library makes a manifest with OCI's media types for each
 * image, and the same archive always gives the same manifests. The layers of
 * such an archive are digested when it is opened. A layer that is not
 * compressed is compared with the config's diff_id.
 *
 * options may be NULL. Of the options, temp_dir, max_inflated and cancelled are
 * used; cancelled ends only oci_archive_open itself, not later reads from the
 * store. Errors: OCI_E_NOT_FOUND; OCI_E_CORRUPT if the file is no tar or is cut
 * short, or if a layer differs from its diff_id; OCI_E_UNSUPPORTED if the tar
 * has neither of the two members; OCI_E_LIMIT.
 */
struct oci_archive_options;
OCI_API int oci_archive_open(struct oci_store **out, const char *path,
			     const struct oci_archive_options *options,
			     struct oci_error *err);

struct oci_archive_options {
	size_t size;		/* sizeof(struct oci_archive_options) */
	int64_t mtime;		/* of the members; seconds since 1970 */
	const struct oci_platform
		*platform;     /* if an image is an index: the platform for
				* which manifest.json gets an image, since it
				* has room for one; NULL: the first */
	const char *temp_dir;  /* for archives that are written to standard
				* output, and for compressed archives that are
				* read; NULL: /var/tmp */
	uint64_t max_inflated; /* bytes that a compressed archive may inflate
				* to; 0: 8 GiB or 200 times its size,
				* whichever is more */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_ARCHIVE_OPTIONS_INIT \
	{ sizeof(struct oci_archive_options), 0, NULL, NULL, 0, NULL }

/*
 * Creates an archive at path, or on standard output if path is "-". Until
 * oci_store_commit, the file has no name or a temporary one. options may be
 * NULL; mtime, platform and temp_dir are used.
 */
OCI_API int oci_archive_create(struct oci_store **out, const char *path,
			       const struct oci_archive_options *options,
			       struct oci_error *err);

/*
 * Creates an archive whose bytes are written to sink. The sink gets each blob
 * when the blob is added. Its last bytes, without which no program can load the
 * archive, are written by oci_store_commit, which then finishes the sink. The
 * store frees the sink, and this function frees it on failure. A copy of the
 * archive is kept in an unlinked file in temp_dir until the store is freed.
 * options may be NULL; mtime, platform and temp_dir are used.
 */
OCI_API int oci_archive_stream(struct oci_store **out, struct oci_sink *sink,
			       const struct oci_archive_options *options,
			       struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
