/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of a tar on disk: where each one's bytes are. Image archives
 * (archive_read.c, archive_docker.c) are read through it.
 */
#ifndef STORE_MEMBERS_H
#define STORE_MEMBERS_H

#include <stdint.h>

#include <oci/error.h>

#include "base/arena.h"
#include "base/path.h"
#include "base/table.h"
#include "base/watch.h"

struct oci_member {
	const char *name;		/* clean: see base/path.h */
	const char *symlink;		/* where it leads, or NULL */
	const char *hardlink;		/* the same */
	uint64_t offset;		/* of a file's bytes */
	uint64_t size;
	struct oci_member *next;
};

struct oci_members {
	int fd;				/* of a tar that is not compressed */
	struct oci_arena arena;
	struct oci_table table;		/* name to member */
	struct oci_member *first;	/* the last one of the tar */
	size_t count;
	struct oci_watch watch;
};

/*
 * Walks the tar at path once. A compressed one is inflated into an unlinked
 * file in temp_dir (NULL: /var/tmp) first. watch is copied. Names that are
 * absolute, have a ".." or stand twice are refused.
 */
int oci_members_open(struct oci_members **out, const char *path,
		     const char *temp_dir, const struct oci_watch *watch,
		     struct oci_error *err);
/* NULL-safe. */
void oci_members_free(struct oci_members *members);

/* The file called name, behind links: of the archive, and at most 40. */
int oci_members_find(const struct oci_member **out,
		     const struct oci_members *members, const char *name,
		     struct oci_error *err);
/* The same; NULL where there is none. */
const struct oci_member *oci_members_get(const struct oci_members *members,
					 const char *name);
/* Reads a file of at most max bytes, with a NUL behind it; caller frees. */
int oci_members_load(char **out, size_t *size,
		     const struct oci_members *members, const char *name,
		     size_t max, struct oci_error *err);

#endif
