/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds shared libraries as ld.so does: ld.so(8) of glibc, and musl's dynamic
 * linker.
 */
#ifndef LINT_ELF_LOADER_H
#define LINT_ELF_LOADER_H

#include "base/table.h"
#include "lint/elf.h"

struct oci_loader {
	struct oci_lint *lint;
	struct oci_arena arena;
	struct oci_table files;		/* path to struct oci_object */
	const char *library_path;	/* LD_LIBRARY_PATH of the config */
	struct oci_elf_list preloads;	/* LD_PRELOAD of the config */
	struct oci_strings configured;	/* folders of /etc/ld.so.conf */
	struct oci_strings musl;	/* of /etc/ld-musl-ARCH.path, or musl's
					 * default ones */
	char musl_arch[32];		/* the architecture of `musl`; or "" */
	struct oci_table elfs;		/* kept bytes to struct oci_elf: hard
					 * links are read once */
	struct oci_table names;		/* name to struct oci_loaded */
	uint64_t steps;			/* steps so far; their number is
					 * limited */
};

/* A file that was read. */
struct oci_object {
	const struct oci_rootfs_entry *entry;
	struct oci_elf elf;
	const struct oci_object *loader; /* the object that needed it,
					  * for `program`; NULL: the
					  * program */
	unsigned program;		 /* number of the program that it was
					  * last loaded for */
	bool used;			 /* loaded for a program that is sure to
					  * be used */
};

/* The object that a name stands for in one program. */
struct oci_loaded {
	struct oci_object *object;
	unsigned program;
};

/* Counts a step. OCI_E_LIMIT: a hostile image needs too many. */
int oci_loader_step(struct oci_loader *loader, struct oci_error *err);
/* Returns whether the program's loader is musl's, which has its own rules. */
bool oci_loader_is_musl(const struct oci_object *program);
int oci_loader_init(struct oci_loader *loader, struct oci_lint *lint,
		    struct oci_error *err);
void oci_loader_release(struct oci_loader *loader);
/* Returns the name of Debian's folder of libraries for a platform. */
const char *oci_loader_triplet(const struct oci_platform *platform);
/* Reads a file, at the first call for its path. */
int oci_loader_object(struct oci_object **out, struct oci_loader *loader,
		      const struct oci_rootfs_entry *entry,
		      struct oci_error *err);
/* Finds the library `name` that object needs, for program. *out is NULL if
 * there is none. */
int oci_loader_search(struct oci_object **out, struct oci_loader *loader,
		      const struct oci_object *object,
		      const struct oci_object *program, const char *name,
		      struct oci_error *err);

#endif
