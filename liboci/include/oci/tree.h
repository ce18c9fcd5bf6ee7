/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree collects the entries of one layer: directories, files, links, devices
 * and whiteouts. They come from single calls, from folders, archives and Debian
 * packages. A tree keeps the paths of files, not their bytes; the members of
 * archives are copied to an unlinked temporary file.
 *
 * Entries are added in any order. oci_tree_settle then completes and sorts
 * them, and applies these rules:
 *
 *   - If a directory in an entry's path is a symlink, in this layer or in a
 *     lower one, the entry goes to the link's target inside the image.
 *   - Two entries for one path are OCI_E_CONFLICT, unless both are
 *     directories, both are identical, or the later one has `replace` set.
 *   - Parent directories that were not added are created. They get the
 *     attributes that they have in the lower layers, otherwise mode 0755 and
 *     owner 0:0.
 *   - Of a group of hard links, the first path in the layer carries the bytes.
 *
 * A tree is used by one thread at a time.
 */
#ifndef OCI_TREE_H
#define OCI_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <oci/error.h>
#include <oci/stream.h>
#include <oci/text.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oci_entry_type {
	OCI_ENTRY_FILE = 1,
	OCI_ENTRY_DIRECTORY,
	OCI_ENTRY_SYMLINK,
	OCI_ENTRY_HARDLINK,
	OCI_ENTRY_CHARACTER_DEVICE,
	OCI_ENTRY_BLOCK_DEVICE,
	OCI_ENTRY_FIFO,
	OCI_ENTRY_WHITEOUT
};

/* Special values for the numbers of struct oci_attributes. */
#define OCI_DEFAULT INT64_C(-1)
#define OCI_KEEP INT64_C(-2)

/* An extended attribute: "user.NAME", or "security.capability". */
struct oci_extended {
	const char *name;
	const void *value;
	size_t size; /* at most 64 KiB */
};

/*
 * The attributes of an entry.
 *
 * OCI_DEFAULT is mode 0755 for directories and for files that their owner may
 * execute, mode 0644 for other files, owner and group 0, and as mtime the
 * tree's epoch, or 0 if the tree has none. For members of archives, OCI_DEFAULT
 * is the same as OCI_KEEP.
 *
 * OCI_KEEP copies the value of the source. The mtime is cut to whole seconds
 * and limited to the tree's epoch. The times of zip files are not kept, because
 * they depend on an unknown time zone.
 *
 * If mode is a number, the directories of a folder or archive get it with the
 * search bit (x) set wherever the read bit (r) is set. With mode OCI_KEEP,
 * files on disk keep their capabilities. Members of archives always keep their
 * capabilities and their user.* attributes.
 */
struct oci_attributes {
	size_t size;		/* sizeof(struct oci_attributes) */
	int64_t mode;		/* permission bits, 0 to 07777 */
	int64_t uid;		/* 0 to 2^32 - 2 */
	int64_t gid;
	int64_t mtime;		/* seconds since 1970, 0 to the year 9999 */
	bool replace;		/* may take the place of an earlier entry */
	const char *position;	/* prefix for messages, such as FILE:LINE:COL;
				 * borrowed until the tree is freed; or NULL */
	/* Extended attributes to set, copied. Each replaces the source's one of
	 * the same name. security.capability is set on files only. */
	const struct oci_extended *extended;
	size_t extended_count;
};

#define OCI_ATTRIBUTES_INIT                                                    \
	{                                                                      \
		sizeof(struct oci_attributes), OCI_DEFAULT, OCI_DEFAULT,       \
			OCI_DEFAULT, OCI_DEFAULT, false, NULL, NULL, 0         \
	}

struct oci_tree;
struct oci_rootfs;

struct oci_tree_options {
	size_t size;		/* sizeof(struct oci_tree_options) */
	int64_t epoch;		/* SOURCE_DATE_EPOCH, or OCI_DEFAULT */
	const char *temp_dir;	/* for members of archives; NULL: /var/tmp */
	uint64_t max_inflated;	/* bytes that its archives may inflate to; 0:
				 * 8 GiB, or 200 times their size */
	volatile const int *cancelled;	/* ends calls with OCI_E_CANCELLED once
					 * it is not 0; may be NULL */
};

#define OCI_TREE_OPTIONS_INIT \
	{ sizeof(struct oci_tree_options), OCI_DEFAULT, NULL, 0, NULL }

/* options may be NULL. */
OCI_API int oci_tree_new(struct oci_tree **out,
			 const struct oci_tree_options *options,
			 struct oci_error *err);
/* NULL-safe. */
OCI_API void oci_tree_free(struct oci_tree *tree);

/*
 * Each of the following functions adds one entry at path, which is absolute
 * inside the image ("/usr/bin/tini"). attrs may be NULL: all defaults.
 *
 * oci_tree_add_file adds the regular file at `from`; a symlink there is
 * followed. The file is read when the layer is written.
 */
OCI_API int oci_tree_add_file(struct oci_tree *tree, const char *path,
			      const char *from,
			      const struct oci_attributes *attrs,
			      struct oci_error *err);
/* Adds a file with size bytes of data, which are copied. */
OCI_API int oci_tree_add_content(struct oci_tree *tree, const char *path,
				 const void *data, size_t size,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
OCI_API int oci_tree_add_directory(struct oci_tree *tree, const char *path,
				   const struct oci_attributes *attrs,
				   struct oci_error *err);
/* target is stored as given; it has 1 to 4095 bytes. */
OCI_API int oci_tree_add_symlink(struct oci_tree *tree, const char *path,
				 const char *target,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/* target is the path of a file in the same layer. */
OCI_API int oci_tree_add_hardlink(struct oci_tree *tree, const char *path,
				  const char *target,
				  const struct oci_attributes *attrs,
				  struct oci_error *err);
/* type is OCI_ENTRY_CHARACTER_DEVICE, OCI_ENTRY_BLOCK_DEVICE or
 * OCI_ENTRY_FIFO. */
OCI_API int oci_tree_add_device(struct oci_tree *tree, const char *path,
				enum oci_entry_type type, uint32_t major,
				uint32_t minor,
				const struct oci_attributes *attrs,
				struct oci_error *err);
/* Adds a whiteout, which removes path and all below it from the lower layers.
 * OCI Image Specification, layer.md, "Whiteouts". */
OCI_API int oci_tree_add_whiteout(struct oci_tree *tree, const char *path,
				  const struct oci_attributes *attrs,
				  struct oci_error *err);

/*
 * Selects files of a folder or members of an archive. Patterns are globs, with
 * "**" for any number of directories, and are matched with the path below the
 * folder, or with what `strip` leaves of a member's path. If there are include
 * patterns, only matching paths and the directories above them are selected.
 * A path that an exclude pattern matches is not selected, nor is anything below
 * it, even if an include pattern matches, too.
 */
struct oci_filter {
	size_t size;				/* sizeof(struct oci_filter) */
	const struct oci_strings *include;	/* NULL or empty: all */
	const struct oci_strings *exclude;	/* NULL or empty: none */
	unsigned strip;		/* leading parts to drop; archives only */
};

#define OCI_FILTER_INIT                                                        \
	{                                                                      \
		sizeof(struct oci_filter), NULL, NULL, 0                       \
	}

/*
 * Adds the contents of the folder `from` below path. Symlinks are added as
 * symlinks; nothing outside the folder is read. Hard links become separate
 * files. filter may be NULL: everything. Errors: OCI_E_INVALID for a socket,
 * and for a name that starts with ".wh.".
 */
OCI_API int oci_tree_add_folder(struct oci_tree *tree, const char *path,
				const char *from,
				const struct oci_filter *filter,
				const struct oci_attributes *attrs,
				struct oci_error *err);
/*
 * Adds the members of an archive below path. The archive is a zip file, or a
 * tar in any compression that libarchive reads. filter may be NULL: all
 * members. Errors: OCI_E_INVALID for a member that is absolute, has a ".."
 * part, is a hard link to a path that the archive lacks, or lies behind a
 * symlink of the archive that leads outside path; OCI_E_CORRUPT.
 */
OCI_API int oci_tree_add_archive(struct oci_tree *tree, const char *path,
				 const char *from,
				 const struct oci_filter *filter,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/*
 * Adds the files of a Debian package (deb(5), format 2.0) at the root, and its
 * control paragraph as /var/lib/dpkg/status.d/NAME. The package's scripts are
 * not run. architecture is Debian's name, such as riscv64; a package for
 * another one than this or "all" is OCI_E_INVALID.
 */
OCI_API int oci_tree_add_deb(struct oci_tree *tree, const char *from,
			     const char *architecture,
			     const struct oci_attributes *attrs,
			     struct oci_error *err);

/*
 * Applies the rules at the top of this file and sorts the entries by the bytes
 * of their names in the tar; a whiteout's name starts with ".wh.". Nothing can
 * be added afterwards. lower is the root file system of the layers below, or
 * NULL if there are none.
 */
OCI_API int oci_tree_settle(struct oci_tree *tree,
			    const struct oci_rootfs *lower,
			    struct oci_error *err);

/* A settled entry. All pointers are borrowed from the tree. */
struct oci_entry {
	const char *path;	/* "usr/bin/tini"; the root is "" */
	enum oci_entry_type type;
	uint32_t mode;		/* permission bits */
	uint32_t uid;
	uint32_t gid;
	int64_t mtime;
	uint64_t size;		/* bytes of a file, else 0 */
	const char *target;	/* of a symlink: its text; of a hard link: the
				 * path of another entry */
	uint32_t major;
	uint32_t minor;
	unsigned layer; /* in a root file system: the number of the layer that
			 * it comes from, from 1; 0 in trees */
};

OCI_API size_t oci_tree_count(const struct oci_tree *tree);
/* The entry at index, in order; settled trees only. */
OCI_API void oci_tree_get(struct oci_entry *out, const struct oci_tree *tree,
			  size_t index);
/* The sum of the sizes of all files, without tar headers and padding. */
OCI_API uint64_t oci_tree_size(const struct oci_tree *tree);

#ifdef __cplusplus
}
#endif

#endif
