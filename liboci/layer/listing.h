/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a folder of this machine, as stat(2) says it: all that a filter
 * takes. A tree is made from it, and the fingerprint of the folder; both speak
 * of the same moment.
 *
 * Folders are entry side by side on all cores: most of it is waiting for the
 * system to tell of each file. They are never reached through symlinks, so
 * that nothing outside of the folder is entry.
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

/* Threads that list at the same time, at most. */
#define OCI_LISTING_THREADS 4

/* Anything: a folder is in the list of folders, too. */
struct oci_listing_entry {
	struct oci_listing_entry *next; /* in its folder, as the system names
					 * them */
	struct oci_disk_file file;
	const char *name;		/* borrowed from file.path */
	const char *target;		/* of a symlink */
	uint64_t size;
	dev_t rdev;			/* of a device */
	uint32_t mode;			/* with its type */
	uint32_t uid;
	uint32_t gid;
	bool wanted;			/* false: a folder that the filter does
					 * not take by itself */
};

struct oci_listing_folder {
	struct oci_listing_folder *next; /* by path; the top is first */
	struct oci_listing_folder *parent;
	const struct oci_listing_entry *self;
	const char *below;		/* its path from the top */
	struct oci_listing_entry *first; /* what is in it, but for folders */
	struct oci_digest fingerprint;	 /* of what is in it */
	bool racy;			 /* the fingerprint is */
	bool needed;			 /* scan.c's */
};

struct oci_listing {
	struct oci_arena arenas[OCI_LISTING_THREADS];
	struct oci_listing_folder *folders;
};

/*
 * Lists the folder at path, which may be a link to it. filter (NULL: takes
 * all) is borrowed for the call; seen is that of oci_filter_mark. now is when
 * looking began: what is younger makes the fingerprint racy. watch (may be
 * NULL) ends it. OCI_E_CHANGED: a folder became another one while it was
 * entry.
 */
int oci_listing_open(struct oci_listing **out, const char *path,
		     const struct oci_filter *filter, unsigned char *seen,
		     const struct timespec *now, const struct oci_watch *watch,
		     struct oci_error *err);
void oci_listing_free(struct oci_listing *listing);

/* scan.c: as oci_tree_add_folder does it. It takes the listing's memory over:
 * nothing else can be made of the listing then. */
int oci_tree_add_listing(struct oci_tree *tree, const char *path,
			 struct oci_listing *listing,
			 const struct oci_filter *filter,
			 const struct oci_attributes *attrs,
			 struct oci_error *err);
/* scan.c: as oci_tree_add_file does it, of a file that was snapshot at: what is
 * read has to be the one of st. */
int oci_tree_add_snapshot(struct oci_tree *tree, const char *path,
			  const char *from, const struct stat *st,
			  const struct oci_attributes *attrs,
			  struct oci_error *err);

#endif
