/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that an image says it has. */
#ifndef CLI_PACKAGES_H
#define CLI_PACKAGES_H

#include "cli.h"

/* The most bytes of a database that is read. */
enum { PACKAGES_DATABASE_MAX = 64 << 20 };

struct package {
	char *name;
	char *version;
	char *architecture;
	uint64_t bytes;	      /* 0: unknown */
	const char *database; /* "dpkg" or "apk" */
};

struct packages {
	struct package *items;
	size_t count;
	size_t capacity;
};

/* Whether the file at path lists packages. */
bool packages_is_database(const char *path);
/* Adds the packages that the size bytes of the database at path list. */
int packages_add(struct packages *list, const char *path, const char *text,
		 size_t size, struct oci_error *err);
/* Sorts the packages by name, then by architecture, then by version. */
void packages_sort(struct packages *list);
void packages_release(struct packages *list);

#endif
