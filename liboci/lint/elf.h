/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of an ELF file that concern a loader. System V ABI, "Object Files"
 * and "Program Loading and Dynamic Linking"; Linux Standard Base, "Symbol
 * Versioning". libelf reads the file from memory; bounds are checked here.
 */
#ifndef LINT_ELF_H
#define LINT_ELF_H

#include <elf.h>

#include "base/arena.h"
#include "lint/lint.h"

/* Missing in older <elf.h>. */
#define OCI_EM_LOONGARCH 258

/* A list of strings, in the order of the file. */
struct oci_elf_text {
	struct oci_elf_text *next;
	const char *text;
	const char *file; /* of a needed version: the file that should
			   * define it */
	const void *told; /* of a needed version: the file it was compared
			   * with; of a needed file: not NULL if it was
			   * reported as missing */
};

struct oci_elf_list {
	struct oci_elf_text *first;
	struct oci_elf_text *last;
};

struct oci_elf {
	bool is_elf;
	const char *broken;	/* why it is broken; or NULL */
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
	struct oci_elf_list wants; /* needed versions, with `file` */
	struct oci_elf_list has;   /* defined versions */
};

/* Reads a file; strings are copied to arena. A file of another format is not
 * broken. */
int oci_elf_read(struct oci_elf *out, struct oci_arena *arena,
		 const struct oci_rootfs_entry *entry, struct oci_error *err);

/* elf_machine.c: describes in text the extensions that the file was compiled
 * for and that some machines of the platform lack; returns false if there are
 * none. */
bool oci_elf_wants_more(char text[128], const struct oci_elf *elf,
			const struct oci_platform *platform);
/* Finds the machine of a platform; returns false if it is unknown. */
bool oci_elf_of_platform(struct oci_elf *out,
			 const struct oci_platform *platform);
/* Describes in text why the file does not run on a platform; returns false if
 * it does. */
bool oci_elf_misfit(char text[128], const struct oci_elf *elf,
		    const struct oci_platform *platform);

#endif
