/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of those files of a union that say something of the image: ELF
 * files, scripts, lists of users, keys. Where they are is remembered; what
 * comes out of a tar is spooled, scripts and keys no further than their head.
 */
#ifndef LAYER_LINT_FILES_H
#define LAYER_LINT_FILES_H

#include <stdbool.h>

#include "layer/node.h"
#include "layer/reader.h"

struct oci_rootfs;
struct oci_rootfs_entry;

/* Where the bytes of one file are. */
struct oci_lint_file {
	const char *path; /* on disk; or NULL */
	const void *data; /* in memory; or NULL */
	int fd;		  /* of a spool, else */
	uint64_t offset;
	uint64_t size;	/* bytes that were kept */
	uint64_t whole; /* bytes that the file has */
};

struct oci_lint_files {
	bool on;
	char *temp_dir;
	int spool; /* of members of tars; -1 until it is needed */
	uint64_t spool_size;
	int *fds; /* spools of trees, duplicated */
	size_t fd_count;
	const struct oci_tree *last; /* that the last of fds is of */
};

void oci_lint_files_release(struct oci_lint_files *keeping);
/* Keeps what a node has, if it is one of those files. */
int oci_lint_files_add_node(struct oci_rootfs_entry *entry,
			    struct oci_rootfs *rootfs,
			    const struct oci_tree *tree,
			    const struct oci_node *node, struct oci_error *err);
/* The same for the present member of a tar, which is size bytes long. */
int oci_lint_files_add_member(struct oci_rootfs_entry *entry,
			      struct oci_rootfs *rootfs,
			      struct oci_reader *reader, uint64_t size,
			      struct oci_error *err);

#endif
