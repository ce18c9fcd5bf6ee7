/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lint files of a root file system: ELF files, scripts, lists of users,
 * keys. Bytes on disk stay where they are. Members of a layer's tar are copied
 * to a spool; of scripts and keys, only the first bytes.
 */
#ifndef LAYER_LINT_FILES_H
#define LAYER_LINT_FILES_H

#include <stdbool.h>

#include "layer/node.h"
#include "layer/reader.h"

struct oci_rootfs;
struct oci_rootfs_entry;

/* The place of one file's bytes: one of path, data and fd. */
struct oci_lint_file {
	const char *path; /* on disk; or NULL */
	const void *data; /* in memory; or NULL */
	int fd;		  /* of a spool; or -1 */
	uint64_t offset;
	uint64_t size;	/* bytes that were kept */
	uint64_t whole; /* bytes of the file */
};

struct oci_lint_files {
	bool on;
	char *temp_dir;
	int spool; /* of members of tars; -1 before the first one */
	uint64_t spool_size;
	int *fds; /* duplicates of the spools of trees */
	size_t fd_count;
	const struct oci_tree *last; /* the tree of the last of fds */
};

void oci_lint_files_release(struct oci_lint_files *files);
/* Keeps the bytes of a node if it is a lint file. */
int oci_lint_files_add_node(struct oci_rootfs_entry *entry,
			    struct oci_rootfs *rootfs,
			    const struct oci_tree *tree,
			    const struct oci_node *node, struct oci_error *err);
/* Keeps the size bytes of the reader's member if it is a lint file. */
int oci_lint_files_add_member(struct oci_rootfs_entry *entry,
			      struct oci_rootfs *rootfs,
			      struct oci_reader *reader, uint64_t size,
			      struct oci_error *err);

#endif
