/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nodes of a tree, one for each entry of the layer. tree.c, scan.c,
 * unpack.c and deb.c add them in the order of the calls; target_path.c finds
 * their target paths; settle.c makes the sorted list of the layer's entries.
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

/* Why a tree has a directory. Of two entries, the one with the higher rank
 * decides its attributes. */
enum oci_rank {
	OCI_RANK_IMPLIED, /* it is the parent of an entry */
	OCI_RANK_BROUGHT, /* it is in a folder, an archive or a package */
	OCI_RANK_EXPLICIT /* it is an entry itself */
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
	const char *wanted;	/* the path that the caller gave */
	const char *path;	/* the target path, once it is known */
	const char *target;	/* of a link */
	const char *position;	/* FILE:LINE:COL, or NULL */
	const char *source;	/* the folder, archive or package that has it,
				 * for messages; or NULL */
	const char *within;	/* path that the members of its archive may not
				 * leave; the pointer identifies the archive;
				 * NULL: not from an archive */
	struct oci_node *file;	/* of a hard link, once settled: its file; of a
				 * file that another entry replaced: the link
				 * that has its bytes now */
	struct oci_node *linked; /* of a hard link in an archive: its file, even
				  * if that path has another file by now */
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
	bool twice; /* its archive has another symlink of the same
		     * path with another target */
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
	uint64_t text;	  /* bytes of names, see OCI_NAMES_MAX */
	uint64_t implied; /* see OCI_IMPLIED_MAX */
	struct oci_watch watch;
	unsigned char *seen; /* of oci_filter_mark, while an archive is
			      * unpacked; or NULL */
	bool settled;
};

/* Limits of a tree and of a root file system. */
enum {
	OCI_ENTRIES_MAX = 5 * 1000 * 1000,
	OCI_NAMES_MAX = 512 * 1024 * 1024, /* bytes of names and link targets */
	OCI_IMPLIED_MAX = 64 * 1024 * 1024 /* bytes of the names of parent
					    * directories without an entry */
};

/* Adds a node with cleaned paths. The caller fills in the rest. */
int oci_node_add(struct oci_node **out, struct oci_tree *tree,
		 const char *path, enum oci_entry_type type,
		 const struct oci_attributes *attrs, struct oci_error *err);
/* Copies text to the tree's arena. */
int oci_node_text(const char **out, struct oci_tree *tree, const char *text,
		  struct oci_error *err);
/* Counts size bytes of a name: OCI_E_LIMIT beyond the limits above. Also checks
 * whether the tree's watch has been cancelled. */
int oci_tree_spend(struct oci_tree *tree, size_t size, bool implied,
		   struct oci_error *err);
/* Sets a symlink's target: 1 to 4095 bytes of UTF-8, or OCI_E_INVALID. */
int oci_node_symlink(struct oci_node *node, struct oci_tree *tree,
		     const char *target, struct oci_error *err);
/* The attributes that a file on disk or a member of an archive has. */
struct oci_source_attributes {
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	int64_t mtime;
	bool keep;		/* OCI_DEFAULT means OCI_KEEP */
	bool timeless;		/* mtime is unknown */
};
/* attributes.c: copies a caller's attributes, whose struct may be shorter
 * because of an older header, or the defaults for NULL. Returns out. */
const struct oci_attributes *
oci_attributes_read(struct oci_attributes *out,
		    const struct oci_attributes *given);
/* OCI_E_INVALID if a number is out of its range. attrs may be NULL. */
int oci_attributes_check(const struct oci_attributes *attrs,
			 struct oci_error *err);
/* Sets the node's attributes from attrs and those of its source. */
void oci_node_attributes(struct oci_node *node, const struct oci_tree *tree,
			 const struct oci_attributes *attrs,
			 const struct oci_source_attributes *source);
/* OCI_E_INVALID if engines would treat a part of path as a whiteout. */
int oci_node_check_name(const char *path, struct oci_error *err);

/* The tree's spool, opened at the first call. */
int oci_tree_spool(int *fd, struct oci_tree *tree, struct oci_error *err);

/* target_path.c: finds the target path of each node. */
int oci_tree_resolve_targets(struct oci_tree *tree,
			     const struct oci_rootfs *lower,
			     struct oci_error *err);
/* links.c: moves the bytes of each group of hard links to its first path. */
int oci_tree_link(struct oci_tree *tree, struct oci_table *table,
		  const struct oci_rootfs *lower, struct oci_error *err);

/* "POSITION: " or "", the start of a message. */
#define OCI_POSITION_FORMAT "%s%s"
#define OCI_POSITION(node)                                                     \
	(node)->position ? (node)->position : "", (node)->position ? ": " : ""

#endif
