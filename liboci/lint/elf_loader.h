/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding shared libraries as ld.so does it: ld.so(8) of glibc, and musl's
 * dynamic linker.
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
	struct oci_strings musl;	/* of /etc/ld-musl-ARCH.path, or its
					 * usual ones */
	char musl_arch[32];		/* that they are for; or "" */
	struct oci_table elfs;		/* kept bytes to struct oci_elf: hard
					 * links are read once */
	struct oci_table names;		/* to struct oci_loaded */
	uint64_t steps;			/* that were taken, of a limited number
					 */
};

/* A file that was looked at. */
struct oci_object {
	const struct oci_rootfs_entry *entry;
	struct oci_elf elf;
	const struct oci_object *loader;	/* who needed it in the present
						 * program; NULL: it itself */
	unsigned program;		/* that it was last loaded for */
	bool used;			/* for one that is sure to be used */
};

/* What a name stands for once it was loaded, for a program. */
struct oci_loaded {
	struct oci_object *object;
	unsigned program;
};

/* Takes a step; OCI_E_LIMIT where a hostile image asks for too many. */
int oci_loader_step(struct oci_loader *loader, struct oci_error *err);
/* musl's loader, which has rules of its own. */
bool oci_loader_is_musl(const struct oci_object *program);
int oci_loader_init(struct oci_loader *loader, struct oci_lint *lint,
		    struct oci_error *err);
void oci_loader_release(struct oci_loader *loader);
/* The folder that Debian's loaders have for libraries of a platform. */
const char *oci_loader_triplet(const struct oci_platform *platform);
/* Reads a file, once. */
int oci_loader_object(struct oci_object **out, struct oci_loader *loader,
		      const struct oci_rootfs_entry *entry,
		      struct oci_error *err);
/* What object gets for a name that it needs; *out is NULL where there is
 * nothing. program is the one that all of it is for. */
int oci_loader_search(struct oci_object **out, struct oci_loader *loader,
		      const struct oci_object *object,
		      const struct oci_object *program, const char *name,
		      struct oci_error *err);

#endif
