/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contents of a folder on disk, as stat(2) describes them, as far as a
 * filter selects them. The tree and the fingerprint of the folder are both made
 * from the listing, so that they describe the same moment.
 *
 * Folders are listed on several threads, because most of the time is spent
 * waiting for stat(2). They are opened relative to their parents and never
 * through symlinks, so that nothing outside of the folder is listed.
 */
#ifndef LAYER_LISTING_H
#define LAYER_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include <oci/digest.h>
#include <oci/tree.h>

#include "base/arena.h"
#include "layer/node.h"

/* The most threads that list. */
#define OCI_LISTING_THREADS 4

/* A file of any type. A folder has a struct oci_listing_folder, too. */
struct oci_listing_entry {
	struct oci_listing_entry *next; /* in the same folder, in the order of
					 * readdir(3) */
	struct oci_disk_file file;
	const char *name;		/* borrowed from file.path */
	const char *target;		/* of a symlink */
	uint64_t size;
	dev_t rdev;			/* of a device */
	uint32_t mode;			/* with its type */
	uint32_t uid;
	uint32_t gid;
	bool wanted; /* false: a folder that the filter does not select */
};

struct oci_listing_folder {
	struct oci_listing_folder *next; /* by path; the top is first */
	struct oci_listing_folder *parent;
	const struct oci_listing_entry *self;
	const char *below;		/* its path from the top */
	struct oci_listing_entry *first; /* its files, except folders */
	struct oci_digest fingerprint;	 /* of its files */
	bool racy;			 /* see layer/fingerprint.h */
	bool needed;			 /* by scan.c: the tree gets it */
};

struct oci_listing {
	struct oci_arena arenas[OCI_LISTING_THREADS];
	struct oci_listing_folder *folders;
};

/*
 * Lists the folder at path, or the folder that a symlink at path leads to.
 * filter (NULL: everything) is borrowed for the call; seen is the argument of
 * oci_filter_mark. now is the time before the first stat(2); it decides which
 * files are racy. watch (may be NULL) may cancel the call. Errors:
 * OCI_E_CHANGED if a folder is replaced by another one while it is listed.
 */
int oci_listing_open(struct oci_listing **out, const char *path,
		     const struct oci_filter *filter, unsigned char *seen,
		     const struct timespec *now, const struct oci_watch *watch,
		     struct oci_error *err);
void oci_listing_free(struct oci_listing *listing);

/* scan.c: adds a listed folder, as oci_tree_add_folder does. The tree takes
 * over the listing's memory; the listing can only be freed afterwards. */
int oci_tree_add_listing(struct oci_tree *tree, const char *path,
			 struct oci_listing *listing,
			 const struct oci_filter *filter,
			 const struct oci_attributes *attrs,
			 struct oci_error *err);
/* scan.c: adds the file at `from`, as oci_tree_add_file does. st describes it
 * when the snapshot was taken; another file is refused when it is read. */
int oci_tree_add_snapshot(struct oci_tree *tree, const char *path,
			  const char *from, const struct stat *st,
			  const struct oci_attributes *attrs,
			  struct oci_error *err);

#endif
