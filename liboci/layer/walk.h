/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going through a folder of this machine. Folders are opened relative to each
 * other and never through symlinks, so that nothing outside of the folder is
 * reached.
 */
#ifndef LAYER_WALK_H
#define LAYER_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include <oci/tree.h>

#include "base/path.h"

struct oci_walk {
	const struct oci_filter *filter;	/* or NULL: takes all */
	/* A folder, before what is in it; *mark is given to leave. */
	int (*enter)(struct oci_walk *walk, void **mark, const struct stat *st,
		     struct oci_error *err);
	/* After it; wanted: the filter takes it, or something in it. May be
	 * NULL. */
	void (*leave)(struct oci_walk *walk, void *mark, bool wanted);
	/* Anything else that the filter takes: name in the open folder dir. */
	int (*take)(struct oci_walk *walk, int dir, const char *name,
		    const struct stat *st, struct oci_error *err);
	unsigned depth;
	char from[OCI_PATH_MAX];	/* on disk */
	char below[OCI_PATH_MAX];	/* from the folder's top */
};

/* Goes through all below from, in the order in which the system names it.
 * *taken is whether the filter took anything. */
int oci_walk_folder(bool *taken, struct oci_walk *walk, const char *from,
		    struct oci_error *err);
/* The target of a link, with a NUL; 1 to OCI_PATH_MAX - 1 bytes. */
int oci_walk_link(char target[OCI_PATH_MAX], const struct oci_walk *walk,
		  int dir, const char *name, struct oci_error *err);

#endif
