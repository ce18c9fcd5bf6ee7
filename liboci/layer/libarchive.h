/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads libarchive only when an archive is read: it loads libxml2, ICU and
 * more, which takes longer than a push of a finished image. Files that include
 * this header call oci_libarchive_load, and then libarchive's functions by
 * their own names.
 */
#ifndef LAYER_LIBARCHIVE_H
#define LAYER_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include <oci/error.h>

#define OCI_LIBARCHIVE_FUNCTIONS(X)                                            \
	X(archive_entry_filetype)                                              \
	X(archive_entry_free)                                                  \
	X(archive_entry_gid)                                                   \
	X(archive_entry_hardlink)                                              \
	X(archive_entry_mtime)                                                 \
	X(archive_entry_new2)                                                  \
	X(archive_entry_pathname)                                              \
	X(archive_entry_perm)                                                  \
	X(archive_entry_rdevmajor)                                             \
	X(archive_entry_rdevminor)                                             \
	X(archive_entry_size)                                                  \
	X(archive_entry_size_is_set)                                           \
	X(archive_entry_sparse_count)                                          \
	X(archive_entry_symlink)                                               \
	X(archive_entry_uid)                                                   \
	X(archive_entry_xattr_next)                                            \
	X(archive_entry_xattr_reset)                                           \
	X(archive_errno)                                                       \
	X(archive_error_string)                                                \
	X(archive_filter_bytes)                                                \
	X(archive_filter_count)                                                \
	X(archive_format)                                                      \
	X(archive_read_data)                                                   \
	X(archive_read_data_block)                                             \
	X(archive_read_free)                                                   \
	X(archive_read_header_position)                                        \
	X(archive_read_new)                                                    \
	X(archive_read_next_header2)                                           \
	X(archive_read_open)                                                   \
	X(archive_read_open1)                                                  \
	X(archive_read_open_fd)                                                \
	X(archive_read_set_callback_data)                                      \
	X(archive_read_set_read_callback)                                      \
	X(archive_read_set_seek_callback)                                      \
	X(archive_read_support_filter_bzip2)                                   \
	X(archive_read_support_filter_compress)                                \
	X(archive_read_support_filter_lz4)                                     \
	X(archive_read_support_filter_lzip)                                    \
	X(archive_read_support_filter_lzma)                                    \
	X(archive_read_support_filter_xz)                                      \
	X(archive_read_support_format_ar)                                      \
	X(archive_read_support_format_empty)                                   \
	X(archive_read_support_format_raw)                                     \
	X(archive_read_support_format_tar)                                     \
	X(archive_read_support_format_zip_seekable)                            \
	X(archive_set_error)                                                   \
	X(archive_version_string)

struct oci_libarchive {
#define OCI_LIBARCHIVE_MEMBER(name) __typeof__(name) *name;
	OCI_LIBARCHIVE_FUNCTIONS(OCI_LIBARCHIVE_MEMBER)
#undef OCI_LIBARCHIVE_MEMBER
};

extern struct oci_libarchive oci_libarchive;

/* Thread-safe; repeats its first result. */
int oci_libarchive_load(struct oci_error *err);
/* Loads it, and identifies its release: another may find other members or
 * attributes in an archive. */
int oci_libarchive_identify(const char **out, struct oci_error *err);

#ifndef LAYER_LIBARCHIVE_LOADS
#define archive_entry_filetype oci_libarchive.archive_entry_filetype
#define archive_entry_free oci_libarchive.archive_entry_free
#define archive_entry_gid oci_libarchive.archive_entry_gid
#define archive_entry_hardlink oci_libarchive.archive_entry_hardlink
#define archive_entry_mtime oci_libarchive.archive_entry_mtime
#define archive_entry_new2 oci_libarchive.archive_entry_new2
#define archive_entry_pathname oci_libarchive.archive_entry_pathname
#define archive_entry_perm oci_libarchive.archive_entry_perm
#define archive_entry_rdevmajor oci_libarchive.archive_entry_rdevmajor
#define archive_entry_rdevminor oci_libarchive.archive_entry_rdevminor
#define archive_entry_size oci_libarchive.archive_entry_size
#define archive_entry_size_is_set oci_libarchive.archive_entry_size_is_set
#define archive_entry_sparse_count oci_libarchive.archive_entry_sparse_count
#define archive_entry_symlink oci_libarchive.archive_entry_symlink
#define archive_entry_uid oci_libarchive.archive_entry_uid
#define archive_entry_xattr_next oci_libarchive.archive_entry_xattr_next
#define archive_entry_xattr_reset oci_libarchive.archive_entry_xattr_reset
#define archive_errno oci_libarchive.archive_errno
#define archive_error_string oci_libarchive.archive_error_string
#define archive_filter_bytes oci_libarchive.archive_filter_bytes
#define archive_filter_count oci_libarchive.archive_filter_count
#define archive_format oci_libarchive.archive_format
#define archive_read_data oci_libarchive.archive_read_data
#define archive_read_data_block oci_libarchive.archive_read_data_block
#define archive_read_free oci_libarchive.archive_read_free
#define archive_read_header_position oci_libarchive.archive_read_header_position
#define archive_read_new oci_libarchive.archive_read_new
#define archive_read_next_header2 oci_libarchive.archive_read_next_header2
#define archive_read_open oci_libarchive.archive_read_open
#define archive_read_open1 oci_libarchive.archive_read_open1
#define archive_read_set_callback_data                                         \
	oci_libarchive.archive_read_set_callback_data
#define archive_read_set_read_callback                                         \
	oci_libarchive.archive_read_set_read_callback
#define archive_read_set_seek_callback                                         \
	oci_libarchive.archive_read_set_seek_callback
#define archive_read_open_fd oci_libarchive.archive_read_open_fd
#define archive_read_support_filter_bzip2 \
	oci_libarchive.archive_read_support_filter_bzip2
#define archive_read_support_filter_compress \
	oci_libarchive.archive_read_support_filter_compress
#define archive_read_support_filter_lz4 \
	oci_libarchive.archive_read_support_filter_lz4
#define archive_read_support_filter_lzip \
	oci_libarchive.archive_read_support_filter_lzip
#define archive_read_support_filter_lzma \
	oci_libarchive.archive_read_support_filter_lzma
#define archive_read_support_filter_xz \
	oci_libarchive.archive_read_support_filter_xz
#define archive_read_support_format_ar \
	oci_libarchive.archive_read_support_format_ar
#define archive_read_support_format_empty \
	oci_libarchive.archive_read_support_format_empty
#define archive_read_support_format_raw \
	oci_libarchive.archive_read_support_format_raw
#define archive_read_support_format_tar \
	oci_libarchive.archive_read_support_format_tar
#define archive_read_support_format_zip_seekable \
	oci_libarchive.archive_read_support_format_zip_seekable
#define archive_set_error oci_libarchive.archive_set_error
#define archive_version_string oci_libarchive.archive_version_string
#endif

/* Makes an error of libarchive's: OCI_E_NOMEM; OCI_E_SYSTEM if the file could
 * not be read, so that it may be whole; otherwise OCI_E_CORRUPT. */
int oci_libarchive_fail(struct archive *archive, struct oci_error *err);

/* Whether memory ran out: libarchive does not always report it. */
#define oci_libarchive_nomem(a)                                                \
	(archive_errno(a) == ENOMEM ||                                         \
	 (!archive_error_string(a) && errno == ENOMEM))

#endif
