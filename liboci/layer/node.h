/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside a tree: its nodes, and where their bytes are. Nodes are collected in
 * the order in which they were added (tree.c, scan.c, unpack.c, deb.c), get
 * their final paths (place.c), and become the sorted list of what the layer
 * holds (settle.c).
 */
#ifndef LAYER_NODE_H
#define LAYER_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include <oci/tree.h>

#include "base/arena.h"
#include "base/path.h"
#include "base/table.h"
#include "base/watch.h"

/* The prefix of a whiteout's name: OCI Image Specification, layer.md. */
#define OCI_WHITEOUT_PREFIX ".wh."

/* Who asked for a directory: the higher rank decides its attributes. */
enum oci_rank {
	OCI_RANK_IMPLIED,	/* nobody: something lies below it */
	OCI_RANK_BROUGHT,	/* a folder, an archive or a package */
	OCI_RANK_EXPLICIT	/* an entry of its own */
};

/* A file on disk, as it was when it was added. */
struct oci_disk_file {
	const char *path;
	dev_t device;
	ino_t inode;
	struct timespec mtime;
	struct timespec ctime;
};

enum oci_content {
	OCI_CONTENT_NONE,
	OCI_CONTENT_DISK,	/* file */
	OCI_CONTENT_SPOOL,	/* size bytes at offset of the tree's spool */
	OCI_CONTENT_MEMORY	/* size bytes at data */
};

struct oci_xattr {
	struct oci_xattr *next;	/* sorted by name */
	const char *name;
	const char *value;
	size_t size;
};

struct oci_node {
	const char *wanted;	/* the path that was asked for */
	const char *path;	/* where it is, once placed */
	const char *target;	/* of a link */
	const char *position;	/* FILE:LINE:COL, or NULL */
	const char *source;	/* what brought it, for messages; or NULL */
	const char *within;	/* an archive's members stay under this path;
				 * the pointer tells archives apart */
	struct oci_node *file;	/* of a hard link, once settled; of a file that
				 * another one replaced, the link that took its
				 * bytes over */
	struct oci_node *linked; /* of an archive's hard link: its file, also
				  * where that path has another one by now */
	union {
		const struct oci_disk_file *disk;
		const void *data;
		uint64_t offset;
	} at;
	struct oci_xattr *xattrs;
	uint64_t size;
	int64_t mtime;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	uint32_t major;
	uint32_t minor;
	unsigned char type;	/* enum oci_entry_type; 0: dropped */
	unsigned char rank;
	unsigned char content;
	bool replace;
	bool twice; /* a symlink of an archive that has another one
		     * of this path, to another target */
};

struct oci_tree {
	struct oci_arena arena;
	struct oci_node **nodes;
	size_t count;
	size_t capacity;
	int64_t epoch;		/* or OCI_DEFAULT */
	char *temp_dir;
	int spool;		/* -1 until it is needed */
	uint64_t spool_size;
	uint64_t text;		/* bytes of names, and of those of folders */
	uint64_t implied;	/* that nothing names */
	struct oci_watch watch;
	unsigned char *seen; /* of oci_filter_mark, while an archive is
			      * unpacked; or NULL */
	bool settled;
};

/* Entries of a tree or of the union of layers, bytes of their names and link
 * targets, and of the names of folders that nothing names. */
enum {
	OCI_ENTRIES_MAX = 5 * 1000 * 1000,
	OCI_NAMES_MAX = 512 * 1024 * 1024,
	OCI_IMPLIED_MAX = 64 * 1024 * 1024
};

/* Adds a node with its paths cleaned; the rest is the caller's to fill. */
int oci_node_add(struct oci_node **out, struct oci_tree *tree,
		 const char *path, enum oci_entry_type type,
		 const struct oci_attributes *attrs, struct oci_error *err);
/* A copy in the tree's arena. */
int oci_node_text(const char **out, struct oci_tree *tree, const char *text,
		  struct oci_error *err);
/* Counts a name that is kept: OCI_E_LIMIT beyond the limits above, and looks at
 * the tree's watch. */
int oci_tree_spend(struct oci_tree *tree, size_t size, bool implied,
		   struct oci_error *err);
/* Gives a symlink its target: UTF-8, 1 to 4095 bytes. */
int oci_node_symlink(struct oci_node *node, struct oci_tree *tree,
		     const char *target, struct oci_error *err);
/* The attributes that a source has: of a file on disk, of a member. */
struct oci_source_attributes {
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	int64_t mtime;
	bool keep;		/* OCI_DEFAULT means OCI_KEEP */
	bool timeless;		/* mtime is not to be had */
};
/* attributes.c: copies attributes that a caller gave, who may have been
 * compiled with a shorter struct, or the defaults for NULL. Returns out. */
const struct oci_attributes *
oci_attributes_read(struct oci_attributes *out,
		    const struct oci_attributes *given);
/* OCI_E_INVALID if a number is out of its range. attrs may be NULL. */
int oci_attributes_check(const struct oci_attributes *attrs,
			 struct oci_error *err);
/* Gives the node the attributes that attrs and the source say. */
void oci_node_attributes(struct oci_node *node, const struct oci_tree *tree,
			 const struct oci_attributes *attrs,
			 const struct oci_source_attributes *source);
/* Refuses names that would be taken for whiteouts. */
int oci_node_check_name(const char *path, struct oci_error *err);

/* The tree's spool, opened at the first call. */
int oci_tree_spool(int *fd, struct oci_tree *tree, struct oci_error *err);

/* place.c: gives every node its path. */
int oci_tree_resolve_targets(struct oci_tree *tree,
			     const struct oci_rootfs *lower,
			     struct oci_error *err);
/* links.c: makes hard links point to the first path of their group. */
int oci_tree_link(struct oci_tree *tree, struct oci_table *table,
		  const struct oci_rootfs *lower, struct oci_error *err);

/* "ORIGIN: " or "", to start a message with. */
#define OCI_ORIGIN_FORMAT "%s%s"
#define OCI_ORIGIN(node)                                                       \
	(node)->position ? (node)->position : "", (node)->position ? ": " : ""

#endif
