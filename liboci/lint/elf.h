/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ELF file says that a loader cares for. System V ABI, "Object Files"
 * and "Program Loading and Dynamic Linking"; Linux Standard Base, "Symbol
 * Versioning". libelf reads it from memory; bounds are checked here.
 */
#ifndef LINT_ELF_H
#define LINT_ELF_H

#include <elf.h>

#include "base/arena.h"
#include "lint/lint.h"

/* Younger than some <elf.h>. */
#define OCI_EM_LOONGARCH 258

/* A list of texts, in the file's order. */
struct oci_elf_text {
	struct oci_elf_text *next;
	const char *text;
	const char *file;	/* of a needed version: who is to have it */
	const void *told;	/* what it was compared with; of a needed file:
				 * that it is missing was told */
};

struct oci_elf_list {
	struct oci_elf_text *first;
	struct oci_elf_text *last;
};

struct oci_elf {
	bool is_elf;
	const char *broken;	/* why it cannot be read; or NULL */
	unsigned class;		/* ELFCLASS32, ELFCLASS64 */
	unsigned data;		/* ELFDATA2LSB, ELFDATA2MSB */
	unsigned machine;	/* EM_... */
	unsigned type;		/* ET_... */
	uint32_t flags;
	bool dynamic;
	const char *interpreter;	/* or NULL */
	const char *soname;
	const char *rpath;
	const char *runpath;
	const char *arch;	/* RISC-V: "rv64i2p1_m2p0..."; or NULL */
	struct oci_elf_list needed;
	struct oci_elf_list wants;	/* versions, of `file` */
	struct oci_elf_list has;	/* versions that it defines */
};

/* Reads a file; texts live in arena. What is no ELF file is not broken. */
int oci_elf_read(struct oci_elf *out, struct oci_arena *arena,
		 const struct oci_rootfs_entry *entry, struct oci_error *err);

/* elf_machine.c: the extensions that it was compiled for and that not every
 * machine of the platform has, in text; false where there are none. */
bool oci_elf_wants_more(char text[128], const struct oci_elf *elf,
			const struct oci_platform *platform);
/* The machine of a platform; false for one that is not known. */
bool oci_elf_of_platform(struct oci_elf *out,
			 const struct oci_platform *platform);
/* What is wrong with it on a platform, in text; false where
 * nothing is. */
bool oci_elf_misfit(char text[128], const struct oci_elf *elf,
		    const struct oci_platform *platform);

#endif
