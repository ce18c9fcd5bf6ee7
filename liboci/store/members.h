/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of the members of a tar on disk, with the offsets of their bytes.
 * Image archives are read through it (archive_read.c, archive_docker.c).
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
	const char *symlink;		/* its target; or NULL */
	const char *hardlink;		/* its target; or NULL */
	uint64_t offset;		/* of a file's bytes in the tar */
	uint64_t size;
	struct oci_member *next;
};

struct oci_members {
	int fd;				/* of a tar that is not compressed */
	struct oci_arena arena;
	struct oci_table table;		/* name to member */
	struct oci_member *first;	/* the last one in the tar */
	size_t count;
	struct oci_watch watch;
};

/*
 * Reads the headers of the tar at path, once. A compressed tar is first
 * inflated into an unlinked file in temp_dir (NULL: /var/tmp). watch is copied.
 * Names that are absolute, contain ".." or occur twice are errors.
 */
int oci_members_open(struct oci_members **out, const char *path,
		     const char *temp_dir, const struct oci_watch *watch,
		     struct oci_error *err);
/* NULL-safe. */
void oci_members_free(struct oci_members *members);

/* Finds the file called name; follows up to 40 links inside the archive. */
int oci_members_find(const struct oci_member **out,
		     const struct oci_members *members, const char *name,
		     struct oci_error *err);
/* The same, without an error; returns NULL if there is no such file. */
const struct oci_member *oci_members_get(const struct oci_members *members,
					 const char *name);
/* Reads a file of at most max bytes, with a NUL. The caller frees *out. */
int oci_members_load(char **out, size_t *size,
		     const struct oci_members *members, const char *name,
		     size_t max, struct oci_error *err);

#endif
