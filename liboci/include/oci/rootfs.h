/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root file system: the files that the layers of an image give together.
 * Layers are applied one after the other, lowest first; then files can be
 * found, listed and read. A root file system has each file's type, attributes
 * and link target, and the place of its bytes. It does not hold the contents.
 * It needs some 300 bytes of memory for each file.
 * OCI Image Specification, layer.md, "Applying Changesets".
 *
 * oci_image_rootfs (<oci/image.h>) makes the root file system of an image in a
 * store.
 */
#ifndef OCI_ROOTFS_H
#define OCI_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/stream.h>
#include <oci/tree.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a root file system without files. struct oci_rootfs is declared in
 * <oci/tree.h>. Used by one thread at a time, except that several threads may
 * call functions that take a const struct oci_rootfs. */
OCI_API int oci_rootfs_new(struct oci_rootfs **out, struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_rootfs_free(struct oci_rootfs *rootfs);

/* Applies a settled tree as the next layer, whiteouts included. The tree is
 * borrowed for the call. */
OCI_API int oci_rootfs_apply(struct oci_rootfs *rootfs,
			     const struct oci_tree *tree,
			     struct oci_error *err);
/*
 * Applies the inflated tar of the next layer, whiteouts and opaque directories
 * included. tar is borrowed and read to its end. Errors: OCI_E_LIMIT, such as
 * beyond 5 million files; OCI_E_CORRUPT.
 */
OCI_API int oci_rootfs_apply_tar(struct oci_rootfs *rootfs,
				 struct oci_source *tar, struct oci_error *err);
/*
 * Keeps the bytes of the files that oci_lint_check reads: programs, libraries,
 * lists of users, keys. This holds for layers that are applied after the call.
 * If such a layer is a tar, these bytes are copied to an unlinked file in
 * temp_dir (NULL: /var/tmp).
 */
OCI_API int oci_rootfs_keep_lint_files(struct oci_rootfs *rootfs,
				       const char *temp_dir,
				       struct oci_error *err);

/*
 * Finds the file at path, such as "/usr/bin/tini" or "usr/bin/tini". Symlinks
 * on the way are followed inside the image, as after chroot(2). A symlink at
 * the end of path is followed if follow is true. *out borrows from rootfs.
 * Errors: OCI_E_NOT_FOUND; OCI_E_INVALID if path leads through more than 40
 * symlinks.
 */
OCI_API int oci_rootfs_find(struct oci_entry *out,
			    const struct oci_rootfs *rootfs, const char *path,
			    bool follow, struct oci_error *err);

/* Called for one file; entry is borrowed for the call. A result other than 0
 * ends the listing, and oci_rootfs_each returns that result. */
typedef int oci_entry_fn(void *data, const struct oci_entry *entry,
			 struct oci_error *err);
/*
 * Lists the files in the directory at path ("" or "/" is the root), in the
 * order of the bytes of their paths; if recursive is true, also the files in
 * the directories below. Symlinks in path are followed, listed symlinks are
 * not. Errors: those of oci_rootfs_find; OCI_E_INVALID if path is no directory;
 * what visit returned.
 */
OCI_API int oci_rootfs_each(const struct oci_rootfs *rootfs, const char *path,
			    bool recursive, oci_entry_fn *visit, void *data,
			    struct oci_error *err);

/*
 * Opens the bytes of the regular file at path; symlinks are followed. The call
 * reads the file's layer from the start up to the file. The read that returns 0
 * bytes at the end of the file first reads the rest of the layer and checks the
 * layer's digest: if it fails, the bytes that were returned before may be
 * wrong. Rewinding *out reads the layer again. The caller frees *out before
 * rootfs. Errors: those of oci_rootfs_find; OCI_E_INVALID if path is not a
 * regular file; OCI_E_UNSUPPORTED if rootfs was not made by oci_image_rootfs,
 * because oci_rootfs_apply and oci_rootfs_apply_tar do not record where the
 * bytes are.
 */
OCI_API int oci_rootfs_open_file(struct oci_source **out,
				 const struct oci_rootfs *rootfs,
				 const char *path, struct oci_error *err);

/* Called for one file. content has the bytes of a regular file and is NULL for
 * others; what the function does not read is skipped. Both are borrowed for the
 * call. A result other than 0 ends the extraction, and oci_rootfs_extract
 * returns that result. */
typedef int oci_content_fn(void *data, const struct oci_entry *entry,
			   struct oci_source *content, struct oci_error *err);
/*
 * Calls visit for each file below the directory at path, or for the file at
 * path alone. Symlinks in path are followed. Directories come first, each
 * before those in it; then regular files, in the order of the layers; then
 * symlinks, devices and fifos. So a caller that writes them to an empty folder
 * never follows a symlink. Files that are hard links of each other come one
 * after the other, and all but the first have the type OCI_ENTRY_HARDLINK and
 * the path of the first as target. Each layer is read once at most, and to its
 * end, where its digest is checked: if the call fails, the bytes that visit got
 * may be wrong. Errors: those of oci_rootfs_find and oci_rootfs_open_file;
 * OCI_E_CORRUPT; what visit returned.
 */
OCI_API int oci_rootfs_extract(const struct oci_rootfs *rootfs,
			       const char *path, oci_content_fn *visit,
			       void *data, struct oci_error *err);
/* Writes the files that oci_rootfs_extract visits as a tar in pax format,
 * without extended attributes. An mtime is limited to OCI_TIME_MAX (the year
 * 9999), and to as many seconds before 1970. The caller finishes and
 * frees the sink. Errors: those of oci_rootfs_extract and of the sink. */
OCI_API int oci_rootfs_write_tar(const struct oci_rootfs *rootfs,
				 const char *path, struct oci_sink *sink,
				 struct oci_error *err);

/* Checks, before an image is read, that output does not exist or is an empty
 * folder; not that its parent exists or can be written to. Errors:
 * OCI_E_INVALID if output is a folder that is not empty, or a symlink, or if
 * its last part is "." or ".."; those of opendir(3), such as OCI_E_NOT_FOUND
 * for a file. */
OCI_API int oci_rootfs_check_output(const char *output, struct oci_error *err);

struct oci_rootfs_unpack_options {
	size_t size; /* sizeof(struct oci_rootfs_unpack_options) */
	/* Ends the call with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
};

#define OCI_ROOTFS_UNPACK_OPTIONS_INIT                                         \
	{                                                                      \
		sizeof(struct oci_rootfs_unpack_options), NULL                 \
	}

/*
 * Writes the files in the directory at path, or the file at path alone, to the
 * folder output: all of them, or nothing if the call fails. They are written to
 * a folder .NAME.unpack.PID-N.tmp beside output, whose last part is NAME, and
 * synced; then the folder is renamed to output. First, the call removes such
 * folders for the same output that killed processes of this user left; it does
 * not do so on file systems whose locks may not hold between processes, or if
 * another user could have renamed a folder of this user to that name. Symlinks
 * are written, and never followed. Unless the effective user is 0, files belong
 * to this user, set-user-ID and set-group-ID bits are not set, and devices are
 * left out: *left_out (may be NULL) is their number, and 0 if the call fails.
 * Extended attributes, and fractions of a second of an mtime, are left out.
 * options may be NULL. Several threads may unpack one rootfs.
 *
 * syncfs(2) syncs all of the file system, so the call also waits for what other
 * processes wrote to it. Before Linux 5.8, syncfs does not report errors of the
 * disk. Errors: those of oci_rootfs_check_output and oci_rootfs_extract;
 * OCI_E_NOT_FOUND if the folder of output is not there; OCI_E_SYSTEM;
 * OCI_E_CANCELLED.
 */
OCI_API int oci_rootfs_unpack(uint64_t *left_out,
			      const struct oci_rootfs *rootfs, const char *path,
			      const char *output,
			      const struct oci_rootfs_unpack_options *options,
			      struct oci_error *err);

#ifdef __cplusplus
}
#endif

#endif
