/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree collects the entries of one layer: directories, files, links, devices
 * and whiteouts. The entries come from folders, archives and Debian packages,
 * and from functions that add a single entry. For a file on disk, a tree keeps
 * the path, not the bytes; the members of archives are copied to an unlinked
 * temporary file.
 *
 * Entries are added in any order. oci_tree_settle then completes and sorts
 * them, and applies these rules:
 *
 *   - If a directory in an entry's path is a symlink, in this layer or in a
 *     lower one, the entry goes to the link's target inside the image.
 *   - Two entries for one path are OCI_E_CONFLICT, unless both are
 *     directories, both are identical, both come from one archive (the later
 *     entry counts), or the later one has `replace` set.
 *   - A directory at the path of a lower layer's file, or an entry that is
 *     neither a directory nor a whiteout at the path of a lower layer's
 *     directory, is OCI_E_CONFLICT unless `replace` is set.
 *   - Parent directories that were not added are created. They, and directories
 *     from folders, archives and packages, get the attributes that they have in
 *     the lower layers. A created directory that no lower layer has gets mode
 *     0755 and owner 0:0.
 *   - Of a group of hard links, the first path in the layer carries the bytes.
 *   - A whiteout of a path that no lower layer has is OCI_E_NOT_FOUND.
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
 * With OCI_DEFAULT, directories, and files that their owner may execute, get
 * mode 0755, and other files get mode 0644. Owner and group are 0. mtime is the
 * tree's epoch, or 0 if the tree has no epoch. For members of archives and
 * packages, OCI_DEFAULT is the same as OCI_KEEP.
 *
 * OCI_KEEP copies the value of the source. An mtime is cut to whole seconds and
 * is at most the tree's epoch. The times of members of zip files are not kept,
 * because they depend on an unknown time zone.
 *
 * If mode is a number, the directories of a folder or archive also get the
 * search bit (x) wherever mode has the read bit (r): 0644 gives 0755. With mode
 * OCI_KEEP, executable files on disk keep their capabilities. Members of
 * archives and packages always keep their capabilities and their user.*
 * attributes.
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
	/* Extended attributes to set, copied. Each replaces the attribute of
	 * the same name that the source has. security.capability is set on
	 * regular files only. */
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
	uint64_t max_inflated;	/* bytes that the archives of the tree may
				 * inflate to; 0: 8 GiB or 200 times their size,
				 * whichever is more */
	/* Ends the calls with OCI_E_CANCELLED once *cancelled is not 0;
	 * may be NULL. */
	volatile const int *cancelled;
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
 * Each function up to oci_tree_add_whiteout adds one entry at path, which is
 * absolute inside the image ("/usr/bin/tini"). If attrs is NULL, all attributes
 * are OCI_DEFAULT. Errors: OCI_E_INVALID, OCI_E_LIMIT.
 *
 * oci_tree_add_file adds the regular file at `from`; a symlink there is
 * followed. The file is read when the layer is written.
 */
OCI_API int oci_tree_add_file(struct oci_tree *tree, const char *path,
			      const char *from,
			      const struct oci_attributes *attrs,
			      struct oci_error *err);
/* Adds a file with the size bytes at data, which are copied. */
OCI_API int oci_tree_add_content(struct oci_tree *tree, const char *path,
				 const void *data, size_t size,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/* Adds a directory. */
OCI_API int oci_tree_add_directory(struct oci_tree *tree, const char *path,
				   const struct oci_attributes *attrs,
				   struct oci_error *err);
/* Adds a symlink. target has 1 to 4095 bytes and is stored as it is. */
OCI_API int oci_tree_add_symlink(struct oci_tree *tree, const char *path,
				 const char *target,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/* Adds a hard link. target is the path of a file in the same layer. */
OCI_API int oci_tree_add_hardlink(struct oci_tree *tree, const char *path,
				  const char *target,
				  const struct oci_attributes *attrs,
				  struct oci_error *err);
/* Adds a device or fifo. type is OCI_ENTRY_CHARACTER_DEVICE,
 * OCI_ENTRY_BLOCK_DEVICE or OCI_ENTRY_FIFO. */
OCI_API int oci_tree_add_device(struct oci_tree *tree, const char *path,
				enum oci_entry_type type, uint32_t major,
				uint32_t minor,
				const struct oci_attributes *attrs,
				struct oci_error *err);
/* Adds a whiteout: the image then has neither path nor anything below it, even
 * if lower layers have it. OCI Image Specification, layer.md, "Whiteouts". */
OCI_API int oci_tree_add_whiteout(struct oci_tree *tree, const char *path,
				  const struct oci_attributes *attrs,
				  struct oci_error *err);

/*
 * Selects files of a folder or members of an archive. Patterns are globs, with
 * "**" for any number of directories. For a folder, a pattern is matched with
 * the path below the folder; for an archive, it is matched with what `strip`
 * leaves of the member's path. If there are include patterns, only matching
 * paths, everything below them, and the directories above them are selected. A
 * path that an exclude pattern matches is not selected, nor is anything below
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
 * files. If filter is NULL, everything is added. Errors: OCI_E_INVALID for a
 * socket, and for a name that starts with ".wh."; OCI_E_NOT_FOUND if no include
 * pattern matches anything.
 */
OCI_API int oci_tree_add_folder(struct oci_tree *tree, const char *path,
				const char *from,
				const struct oci_filter *filter,
				const struct oci_attributes *attrs,
				struct oci_error *err);
/*
 * Adds the members of an archive below path. The archive is a zip file, or a
 * tar in any compression that libarchive reads. If filter is NULL, all members
 * are added. Errors: OCI_E_INVALID for a member that has an absolute name or a
 * ".." part, is a hard link to a path that the archive lacks, or lies behind a
 * symlink of the archive that leads outside path; OCI_E_NOT_FOUND if no include
 * pattern matches anything; OCI_E_CORRUPT.
 */
OCI_API int oci_tree_add_archive(struct oci_tree *tree, const char *path,
				 const char *from,
				 const struct oci_filter *filter,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/*
 * Adds the files of a Debian package (deb(5), format 2.x) at the root, its
 * control paragraph as /var/lib/dpkg/status.d/NAME, and its list of checksums
 * as NAME.md5sums beside that file. The package's scripts are not run.
 * architecture is Debian's name of an architecture, such as riscv64. Errors:
 * OCI_E_INVALID if the package is neither for that architecture nor for "all";
 * OCI_E_UNSUPPORTED, OCI_E_CORRUPT.
 */
OCI_API int oci_tree_add_deb(struct oci_tree *tree, const char *from,
			     const char *architecture,
			     const struct oci_attributes *attrs,
			     struct oci_error *err);

/*
 * Applies the rules at the top of this file and sorts the entries by the bytes
 * of their paths. For the order, a directory's path has no slash at its end,
 * and a whiteout's path is DIRECTORY/.wh.NAME. Nothing can be added afterwards.
 * lower is the root file system of the layers below, or NULL if there are no
 * such layers.
 */
OCI_API int oci_tree_settle(struct oci_tree *tree,
			    const struct oci_rootfs *lower,
			    struct oci_error *err);

/* An entry of a settled tree or of a root file system. All pointers are
 * borrowed from the tree or root file system. */
struct oci_entry {
	const char *path;	/* "usr/bin/tini"; the root is "" */
	enum oci_entry_type type;
	uint32_t mode;		/* permission bits */
	uint32_t uid;
	uint32_t gid;
	int64_t mtime;
	uint64_t size;		/* bytes of a file; otherwise 0 */
	const char *target;	/* of a symlink: its text; of a hard link: the
				 * path of another entry */
	uint32_t major;
	uint32_t minor;
	unsigned layer; /* in a root file system: the number of the layer that
			 * the entry comes from, from 1; in a tree: 0 */
	/* Extended attributes, sorted by name. Only oci_image_diff sets them.
	 */
	const struct oci_extended *extended;
	size_t extended_count;
};

/* Returns the number of entries. */
OCI_API size_t oci_tree_count(const struct oci_tree *tree);
/* Sets *out to the entry at index, from 0, in the order of the paths. The tree
 * is settled. */
OCI_API void oci_tree_get(struct oci_entry *out, const struct oci_tree *tree,
			  size_t index);
/* Returns the sum of the sizes of all files, without tar headers and padding.
 */
OCI_API uint64_t oci_tree_size(const struct oci_tree *tree);

#ifdef __cplusplus
}
#endif

#endif
