/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree is what one layer will hold: directories, files, links, devices and
 * whiteouts, collected from single entries, folders, archives and Debian
 * packages. Nothing is read into memory: a tree remembers where a file's
 * bytes are. Members of archives go to an unlinked temporary file.
 *
 * Entries are collected first and settled afterwards. oci_tree_settle knows
 * all of the layer and everything below it, so that the order in which entries
 * were added does not matter for links under a path:
 *
 *   - An entry under a directory that is a symlink, in the same layer or
 *     below, goes to the link's target inside the image.
 *   - Two sources for one path are OCI_E_CONFLICT, unless both are
 *     directories, or they are identical, or the later one says replace.
 *   - Directories that nobody named are made: as the layers below have them,
 *     else 0755 and 0:0.
 *   - Of a group of hard links the first path in order carries the bytes.
 *
 * A tree serves one thread at a time.
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

/* Stand for a number in struct oci_attributes. */
#define OCI_DEFAULT INT64_C(-1)
#define OCI_KEEP INT64_C(-2)

/* An extended attribute: "user.NAME", or "security.capability". */
struct oci_extended {
	const char *name;
	const void *value;
	size_t size; /* at most 64 KiB */
};

/*
 * How an entry is written. OCI_DEFAULT means: mode 0755 for directories and
 * for files that their owner may execute, 0644 for other files; owner and
 * group 0; mtime the tree's epoch, else 0. For members of archives it means
 * OCI_KEEP. OCI_KEEP takes what the source has, mtime in whole seconds and
 * not above the tree's epoch; the times in zip files depend on a time zone
 * that they do not tell, and are not kept. A mode given for a folder's or
 * archive's files gives its directories the search bit wherever it gives the
 * read bit. With mode OCI_KEEP the capabilities of files on disk are kept;
 * members of archives keep theirs, and their user.* attributes.
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
	/* In place of those of that name that the source has; copied.
	 * security.capability goes to files alone. */
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
	volatile const int *cancelled;	/* set to end it; may be NULL */
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
 * Single entries. path is absolute inside the image ("/usr/bin/tini"); attrs
 * may be NULL. oci_tree_add_file follows a symlink at `from`, and takes
 * regular files only.
 */
OCI_API int oci_tree_add_file(struct oci_tree *tree, const char *path,
			      const char *from,
			      const struct oci_attributes *attrs,
			      struct oci_error *err);
OCI_API int oci_tree_add_content(struct oci_tree *tree, const char *path,
				 const void *data, size_t size,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
OCI_API int oci_tree_add_directory(struct oci_tree *tree, const char *path,
				   const struct oci_attributes *attrs,
				   struct oci_error *err);
/* target is stored as it is given, 1 to 4095 bytes. */
OCI_API int oci_tree_add_symlink(struct oci_tree *tree, const char *path,
				 const char *target,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/* target is a path inside the image, of a file of the same layer. */
OCI_API int oci_tree_add_hardlink(struct oci_tree *tree, const char *path,
				  const char *target,
				  const struct oci_attributes *attrs,
				  struct oci_error *err);
/* type is one of the device types or OCI_ENTRY_FIFO. */
OCI_API int oci_tree_add_device(struct oci_tree *tree, const char *path,
				enum oci_entry_type type, uint32_t major,
				uint32_t minor,
				const struct oci_attributes *attrs,
				struct oci_error *err);
/* Removes a path of a lower layer: a whiteout (image spec, layer.md). */
OCI_API int oci_tree_add_whiteout(struct oci_tree *tree, const char *path,
				  const struct oci_attributes *attrs,
				  struct oci_error *err);

/*
 * Which members of a folder or an archive are taken. Patterns are globs with
 * "**" over the path below the folder, or after strip in the archive. With
 * include, only what matches, and the directories that lead there. exclude
 * wins; an excluded directory is excluded with all that is below it.
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
 * Puts the contents of a folder under path. Symlinks are kept as they are;
 * nothing outside the folder is read. Sockets are an error, as is a name that
 * starts with ".wh.". Hard links become separate files. filter may be NULL.
 */
OCI_API int oci_tree_add_folder(struct oci_tree *tree, const char *path,
				const char *from,
				const struct oci_filter *filter,
				const struct oci_attributes *attrs,
				struct oci_error *err);
/*
 * Puts the members of an archive under path: tar in any compression that
 * libarchive reads, or a zip file. A member that is absolute, has a ".." part,
 * is a hard link to nothing, or is reached through a symlink of the archive
 * that leads outside path is OCI_E_INVALID.
 */
OCI_API int oci_tree_add_archive(struct oci_tree *tree, const char *path,
				 const char *from,
				 const struct oci_filter *filter,
				 const struct oci_attributes *attrs,
				 struct oci_error *err);
/*
 * Unpacks a Debian package (deb(5), format 2.0) into the root, and puts its
 * control paragraph into /var/lib/dpkg/status.d/NAME. No script is run.
 * architecture is Debian's name of the platform's, such as riscv64; a package
 * that is neither of it nor "all" is OCI_E_INVALID.
 */
OCI_API int oci_tree_add_deb(struct oci_tree *tree, const char *from,
			     const char *architecture,
			     const struct oci_attributes *attrs,
			     struct oci_error *err);

/*
 * Applies the rules above; after it, entries are final and sorted by the
 * bytes of their paths (whiteouts by that of their names in the layer), and
 * nothing can be added. lower is the union of the layers below, or NULL for
 * none.
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
	const char *target;	/* of links: a hard link's is a path as above */
	uint32_t major;
	uint32_t minor;
	unsigned layer; /* of a root file system: the layer that has
			 * it, from 1; 0 in trees */
};

OCI_API size_t oci_tree_count(const struct oci_tree *tree);
/* The entry at index, in order; settled trees only. */
OCI_API void oci_tree_get(struct oci_entry *out, const struct oci_tree *tree,
			  size_t index);
/* The bytes of all the files, without tar's own. */
OCI_API uint64_t oci_tree_size(const struct oci_tree *tree);

#ifdef __cplusplus
}
#endif

#endif
