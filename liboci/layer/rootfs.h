/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the union of layers. */
#ifndef LAYER_ROOTFS_H
#define LAYER_ROOTFS_H

#include <stdbool.h>

#include <oci/rootfs.h>

#include "base/arena.h"
#include "base/path.h"
#include "base/table.h"
#include "layer/lint_files.h"

/* Where the bytes of a file are, to read them once more. */
struct oci_content_at {
	unsigned layer;	 /* from 1 */
	unsigned member; /* of the layer's tar, from 1; 0: not known */
	uint64_t size;	 /* bytes */
};

struct oci_rootfs_entry {
	const char *path;
	const char *target;	/* of a symlink */
	enum oci_entry_type type;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	int64_t mtime;
	uint64_t size;		/* bytes of a file */
	uint64_t hidden;	/* bytes of lower layers under this path that
				 * are shipped and never seen */
	const struct oci_lint_file *kept; /* its bytes; or NULL */
	union {
		struct oci_content_at content; /* of a file; of a hard link,
						* those of the file */
		struct {
			uint32_t major;
			uint32_t minor;
		} device;
	} at;
	struct oci_xattr *xattrs;	/* of a directory */
	struct oci_rootfs_entry *parent;	/* NULL: in the root */
	struct oci_rootfs_entry *child;		/* of what is there */
	struct oci_rootfs_entry *sibling;
	struct oci_rootfs_entry **place;	/* what points to it; or NULL */
	unsigned layer;		/* that it is from, counted from 1 */
	unsigned used;		/* the last that has something below it */
	unsigned emptied;	/* the last that removed what was below it */
	unsigned named;		/* the last of which a member has this name:
				 * twice it, and 1 if the name is absolute */
	unsigned whited;	/* the last of which a whiteout has this name */
	unsigned twice;		/* the last that has such a member twice */
	bool removed;
	bool hid_link;		/* a folder in the place of a lower link */
	bool unread;		/* it has bytes that were not kept */
};

/* Opens the tars of the layers once more. data is the root file system's. */
struct oci_layer_source {
	int (*open)(struct oci_source **tar, void *data, unsigned layer,
		    struct oci_error *err); /* NULL: they are not at hand */
	void (*free)(void *data);
	void *data;
};

struct oci_rootfs {
	struct oci_layer_source layers;
	struct oci_arena arena;
	struct oci_table table;
	size_t count;		/* entries that were ever there */
	uint64_t text;		/* bytes of names and targets */
	unsigned layer;		/* that was applied last */
	unsigned member;	/* of its tar: the present one, from 1 */
	unsigned emptied;	/* the last that emptied the root */
	uint64_t implied;	/* bytes of names of folders that none names */
	uint64_t budget;	/* see struct oci_view; of this layer */
	struct oci_watch *watch;	/* limits of applying; or NULL */
	struct oci_lint_files keeping;
};

/* What is at path, or NULL; rootfs may be NULL, which is empty. */
const struct oci_rootfs_entry *oci_rootfs_get(const struct oci_rootfs *rootfs,
					      const char *path, size_t size);

/* rootfs_read.c: resolves path and finds its entry; *out is NULL for a root
 * without one. OCI_E_NOT_FOUND: the image has no such path. */
int oci_rootfs_locate(char resolved[OCI_PATH_MAX],
		      const struct oci_rootfs_entry **out,
		      const struct oci_rootfs *rootfs, const char *path,
		      bool follow, struct oci_error *err);
/* rootfs_read.c: lists the entries below the path `below` ("": all), sorted by
 * the bytes of their paths. The caller frees *out. */
int oci_rootfs_sort(const struct oci_rootfs_entry ***out, size_t *count,
		    const struct oci_rootfs *rootfs, const char *below,
		    bool recursive, struct oci_error *err);

/* Bytes of a file from offset on; *got is 0 behind the end of what was kept,
 * and where nothing was. */
int oci_rootfs_read(size_t *got, void *data, size_t size, uint64_t offset,
		    const struct oci_rootfs_entry *entry,
		    struct oci_error *err);

/*
 * The path that an entry of the layer being applied gets: each link on the way
 * to it that this layer has is followed, as engines do when they unpack the
 * layer. Links of lower layers are not: an engine that unpacks each layer by
 * itself does not see them, and makes a directory in their place.
 */
int oci_rootfs_resolve_parent(char out[OCI_PATH_MAX],
			      struct oci_rootfs *rootfs, const char *path,
			      struct oci_error *err);
/* The entry for path, made where there is none, with parents that are
 * directories: those that no layer has are made, 0755 and 0:0. */
int oci_rootfs_put(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
		   const char *path, struct oci_error *err);
/* apply.c: lays the blob of a layer over it, compressed or not. It is borrowed,
 * read to its end, and inflated on a thread of its own. */
int oci_rootfs_apply_blob(struct oci_rootfs *rootfs, struct oci_source *blob,
			  struct oci_error *err);
/* Removes path and all below it, as far as it is from lower layers. */
void oci_rootfs_remove(struct oci_rootfs *rootfs, const char *path);
/* The same for what is below path alone; the root is "". */
void oci_rootfs_empty(struct oci_rootfs *rootfs, const char *path);
/* What is not a directory has nothing below it. */
void oci_rootfs_set_type(struct oci_rootfs_entry *entry,
			 enum oci_entry_type type);
/* Counts bytes of names, and of what counts as names: OCI_E_LIMIT beyond
 * OCI_NAMES_MAX. */
int oci_rootfs_spend(struct oci_rootfs *rootfs, size_t size,
		     struct oci_error *err);
int oci_rootfs_set_target(struct oci_rootfs_entry *entry,
			  struct oci_rootfs *rootfs, const char *target,
			  struct oci_error *err);

/*
 * Follows the links on the way to path, and at path itself where last is set,
 * inside the image: an absolute target starts at its root, ".." stays within.
 * own (may be NULL) holds nodes of the layer in the making and hides what is
 * below: a symlink is followed, anything else ends the search.
 * *through (may be NULL) is set when a link of the archive `within` was
 * followed. More than 40 links are OCI_E_INVALID.
 */
struct oci_view {
	const struct oci_table *own;	/* path to struct oci_node */
	const struct oci_rootfs *lower;
	unsigned layer;	/* follow links of lower that are from this layer
			 * alone; 0: all links */
	uint64_t *budget; /* bytes of paths that may still be walked:
			   * OCI_E_LIMIT then; NULL: no limit */
	const struct oci_node **twice; /* set to a link of the archive `within`
					* that was followed and has `twice` set;
					* or NULL */
};

/* For all paths of a layer: some seconds. */
#define OCI_WALK_BUDGET (UINT64_C(8) << 30)

int oci_view_resolve(char *out, bool *through, const struct oci_view *view,
		     const char *path, bool last, const char *within,
		     struct oci_error *err);

#endif
