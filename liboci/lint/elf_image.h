/* SPDX-License-Identifier: Apache-2.0 */
/* An ELF file while it is read. */
#ifndef LINT_ELF_IMAGE_H
#define LINT_ELF_IMAGE_H

#include <gelf.h>

#include "lint/elf.h"

/* For header, program headers, dynamic section, strings, versions, the name of
 * the interpreter and attributes; all of them have limits. */
enum { OCI_ELF_ROOM = 1024 * 1024 };

struct oci_elf_image {
	const struct oci_rootfs_entry *entry;
	struct oci_arena *arena;
	unsigned char *data;	/* OCI_ELF_ROOM bytes: a small file of the
				 * header and the parts that were read */
	size_t used;
	uint64_t size;		/* of the file */
	Elf *elf;		/* of data */
	GElf_Phdr *segments;
	size_t segment_count;
	uint64_t strings;	/* offset of the dynamic strings */
	uint64_t strings_size;
	size_t strings_at;	/* in data, where all of them were read */
	bool strings_read;
	size_t names;		/* that were copied, and their bytes */
	size_t name_bytes;
};

/* Reads a part of the file behind the others; *at is where it is in data.
 * OCI_E_CORRUPT where the file ends before, or there is no room: what a loader
 * looks at has limits that leave some. */
int oci_elf_fill(size_t *at, struct oci_elf_image *image, uint64_t offset,
		 uint64_t size, struct oci_error *err);
/* A copy of a text of at most size bytes at a place in data. */
int oci_elf_text(const char **out, struct oci_elf_image *image, size_t at,
		 size_t size, struct oci_error *err);
/* A copy of a dynamic string; so many of them, and no longer, as no file in
 * good faith exceeds. */
int oci_elf_string(const char **out, struct oci_elf_image *image,
		   uint64_t index, struct oci_error *err);

/* Adds a dynamic string to the end of a list. */
int oci_elf_add(struct oci_elf_list *list, struct oci_elf_image *image,
		uint64_t index, const char *file, struct oci_error *err);
/* elf_versions.c: the versions in size bytes at a place in data. */
int oci_elf_wants(struct oci_elf *out, struct oci_elf_image *image, size_t at,
		  size_t size, struct oci_error *err);
int oci_elf_has(struct oci_elf *out, struct oci_elf_image *image, size_t at,
		size_t size, struct oci_error *err);
/* elf_riscv.c: the architecture that attributes ask for. */
int oci_elf_attributes(struct oci_elf *out, struct oci_elf_image *image,
		       uint64_t offset, uint64_t size, struct oci_error *err);

#endif
