/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a root file system, and how layers are applied to it. */
#ifndef LAYER_ROOTFS_H
#define LAYER_ROOTFS_H

#include <stdbool.h>

#include <oci/rootfs.h>

#include "base/arena.h"
#include "base/path.h"
#include "base/table.h"
#include "layer/lint_files.h"

/* The place of a file's bytes: a member of a layer's tar. */
struct oci_content_at {
	unsigned layer;	 /* number of the layer, from 1 */
	unsigned member; /* number of the member, from 1; 0: unknown */
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
	uint64_t size;	 /* bytes that a file adds to its layer; 0 for a
			  * hard link */
	uint64_t hidden; /* bytes of files of this path in lower layers,
			  * which no container sees */
	const struct oci_lint_file
		*kept; /* its bytes for the linter; or NULL */
	const char *digest; /* sha256 of a file's bytes, if the root file
			     * system hashes them; or NULL */
	union {
		struct oci_content_at content; /* of a file; of a hard link,
						* those of the file */
		struct {
			uint32_t major;
			uint32_t minor;
		} device;
	} at;
	struct oci_xattr *xattrs;	 /* of a directory; if the root file
					  * system hashes files, of all types */
	struct oci_rootfs_entry *parent; /* NULL: the root */
	struct oci_rootfs_entry *child;	 /* the first one; no removed
					  * entries */
	struct oci_rootfs_entry *sibling;
	struct oci_rootfs_entry **place; /* the pointer to this entry in
					  * parent or sibling; or NULL */
	/* Numbers of layers, from 1; 0: none. */
	unsigned layer;	  /* that the entry comes from */
	unsigned used;	  /* the last one with an entry below this one */
	unsigned emptied; /* the last one that removed all below this one */
	unsigned named;	  /* twice the number of the last one with a member
			   * of this name, plus 1 if the name is absolute */
	unsigned whited;  /* the last one with a whiteout of this name */
	unsigned twice;	  /* the last one with two members of this name */
	bool removed;	  /* it was removed */
	bool hid_link;	  /* a directory that replaced a lower symlink */
	bool unread;	  /* it has bytes, and kept is NULL */
	bool dangling;	  /* a hard link whose file is not there */
};

/* Opens the tars of layers again to read files. Owned by the rootfs. */
struct oci_layer_source {
	int (*open)(struct oci_source **tar, void *data, unsigned layer,
		    struct oci_error *err); /* NULL: they cannot be opened */
	void (*free)(void *data);
	void *data;
};

struct oci_rootfs {
	struct oci_layer_source layers;
	struct oci_arena arena;
	struct oci_table table;
	size_t count;		 /* entries, removed ones included */
	uint64_t text;		 /* bytes of names, see OCI_NAMES_MAX */
	unsigned layer;		 /* number of the layer applied last */
	unsigned member;	 /* number of its present member, from 1 */
	unsigned emptied;	 /* number of the last layer that emptied the
				  * root; 0: none */
	uint64_t implied;	 /* see OCI_IMPLIED_MAX */
	uint64_t budget;	 /* of the present layer, see struct oci_view */
	struct oci_watch *watch; /* over the applying; or NULL */
	struct oci_lint_files lint_files;
	bool hashes; /* sets the digest and the attributes of each file */
	/* If hashes and lint_files are on: whether the bytes of a file are
	 * kept, which are then in the spool of lint_files. */
	bool (*keep)(void *data, const char *path, uint64_t size);
	void *keep_data;
	bool partial; /* layers below were not applied: see
		       * oci_rootfs_decides */
};

/* The entry that follows e in a walk over all below top, which is not visited
 * itself; NULL at the end. A directory comes before those in it. */
static inline struct oci_rootfs_entry *
oci_rootfs_next(const struct oci_rootfs_entry *e,
		const struct oci_rootfs_entry *top)
{
	if (e->child)
		return e->child;
	while (e != top && !e->sibling)
		e = e->parent;
	return e == top ? NULL : e->sibling;
}

/* The entry at path, or NULL. rootfs may be NULL: an empty one. */
const struct oci_rootfs_entry *oci_rootfs_get(const struct oci_rootfs *rootfs,
					      const char *path, size_t size);

/* rootfs_read.c: resolves path and finds its entry; *out is NULL for a root
 * without one. OCI_E_NOT_FOUND: the image has no such path. */
int oci_rootfs_locate(char resolved[OCI_PATH_MAX],
		      const struct oci_rootfs_entry **out,
		      const struct oci_rootfs *rootfs, const char *path,
		      bool follow, struct oci_error *err);
/*
 * rootfs_decides.c: returns whether the layers that were applied, which are the
 * upper ones of an image (rootfs->partial), decide what is at path: whatever
 * the lower layers have, oci_rootfs_find, oci_rootfs_each and
 * oci_rootfs_open_file give the same result.
 */
bool oci_rootfs_decides(const struct oci_rootfs *rootfs, const char *path);
/* rootfs_read.c: lists the entries below the path `below` ("": all), sorted by
 * the bytes of their paths. The caller frees *out. */
int oci_rootfs_sort(const struct oci_rootfs_entry ***out, size_t *count,
		    const struct oci_rootfs *rootfs, const char *below,
		    bool recursive, struct oci_error *err);

/* rootfs_read.c: fills *out from an entry, which *out borrows from. */
void oci_rootfs_describe(struct oci_entry *out,
			 const struct oci_rootfs_entry *e);
/* rootfs_file.c: fails unless the entry (may be NULL) is a regular file whose
 * bytes can be read. */
int oci_rootfs_check_file(const struct oci_rootfs *rootfs,
			  const struct oci_rootfs_entry *e, const char *path,
			  struct oci_error *err);

/* rootfs_file.c: reads the members of a layer's tar in their order. All zero:
 * none is open. */
struct oci_member_reader {
	struct oci_source *tar;
	struct oci_reader *reader;
	unsigned layer;	 /* number of the layer that is open; 0: none */
	unsigned member; /* number of the member that was read last */
};

/* Reads up to the header of the member at a place. If another layer is open, or
 * none, the tar of the place's layer is opened. If that layer is open, the
 * member is not before the one that was read last. */
int oci_member_seek(struct oci_member_reader *members,
		    const struct oci_rootfs *rootfs,
		    const struct oci_content_at *at, struct oci_error *err);
void oci_member_close(struct oci_member_reader *members);

/* rootfs_hash.c: reads a member's bytes, and sets the digest of its entry.
 * Keeps the bytes that rootfs->keep wants. */
int oci_rootfs_hash(struct oci_rootfs_entry *e, struct oci_rootfs *rootfs,
		    struct oci_reader *reader, struct oci_error *err);

/* Reads a file's kept bytes from offset on. *got is 0 after them. */
int oci_rootfs_read(size_t *got, void *data, size_t size, uint64_t offset,
		    const struct oci_rootfs_entry *entry,
		    struct oci_error *err);

/*
 * Finds the path of a member of the layer that is being applied: symlinks of
 * this layer in its directories are followed, as engines do when they unpack a
 * layer. Symlinks of lower layers are not followed. An engine that unpacks each
 * layer by itself does not see them and creates directories instead.
 */
int oci_rootfs_resolve_parent(char out[OCI_PATH_MAX],
			      struct oci_rootfs *rootfs, const char *path,
			      struct oci_error *err);
/* Finds the entry for path, or creates it together with its parents. Parents
 * are directories; new ones get mode 0755 and owner 0:0. */
int oci_rootfs_put(struct oci_rootfs_entry **out, struct oci_rootfs *rootfs,
		   const char *path, struct oci_error *err);
/* apply.c: applies the blob of a layer, compressed or not, and reads it to its
 * end. A thread inflates it. The blob is borrowed. */
int oci_rootfs_apply_blob(struct oci_rootfs *rootfs, struct oci_source *blob,
			  struct oci_error *err);
/* Removes path and everything below it, except entries of the present layer. */
int oci_rootfs_remove(struct oci_rootfs *rootfs, const char *path,
		      struct oci_error *err);
/* Removes all below path ("": the root), except the present layer's. */
void oci_rootfs_empty(struct oci_rootfs *rootfs, const char *path);
/* Sets the type, and removes everything below an entry that is no directory. */
void oci_rootfs_set_type(struct oci_rootfs_entry *entry,
			 enum oci_entry_type type);
/* Counts size bytes of names. OCI_E_LIMIT beyond OCI_NAMES_MAX. */
int oci_rootfs_spend(struct oci_rootfs *rootfs, size_t size,
		     struct oci_error *err);
int oci_rootfs_set_target(struct oci_rootfs_entry *entry,
			  struct oci_rootfs *rootfs, const char *target,
			  struct oci_error *err);

/*
 * A view resolves symlinks inside the image: an absolute target starts at the
 * image's root, and ".." does not leave it.
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

/* The most symlinks of one path: Linux's MAXSYMLINKS. */
enum { OCI_LINKS_MAX = 40 };

/* For all paths of a layer; takes some seconds. */
#define OCI_WALK_BUDGET (UINT64_C(8) << 30)

/*
 * Resolves the symlinks in the directories of path and, if last is set, at path
 * itself, and writes the result to out. An entry in view->own hides one in
 * view->lower. *through (may be NULL) is set if a symlink of the archive
 * `within` was followed. Errors: OCI_E_INVALID beyond 40 links, OCI_E_LIMIT.
 */
int oci_view_resolve(char *out, bool *through, const struct oci_view *view,
		     const char *path, bool last, const char *within,
		     struct oci_error *err);

#endif
