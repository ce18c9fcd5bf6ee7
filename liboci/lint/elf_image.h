/* SPDX-License-Identifier: Apache-2.0 */
/* The state of reading an ELF file. */
#ifndef LINT_ELF_IMAGE_H
#define LINT_ELF_IMAGE_H

#include <gelf.h>

#include "lint/elf.h"

/* Room for header, program headers, dynamic section, strings, versions, the
 * interpreter's name and attributes, each of which has a limit. */
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
	size_t strings_at; /* index in data, if strings_read */
	bool strings_read;
	size_t names;	   /* number of names copied so far */
	size_t name_bytes; /* bytes of these names */
};

/* Appends a part of the file to data; *at is its index there. OCI_E_CORRUPT:
 * the file is too short, or the parts that a loader needs are too large. */
int oci_elf_fill(size_t *at, struct oci_elf_image *image, uint64_t offset,
		 uint64_t size, struct oci_error *err);
/* Copies a string of at most size bytes from index at of data. */
int oci_elf_copy_text(const char **out, struct oci_elf_image *image, size_t at,
		      size_t size, struct oci_error *err);
/* Copies a dynamic string. OCI_E_CORRUPT if there are too many, or if they are
 * too long. */
int oci_elf_string(const char **out, struct oci_elf_image *image,
		   uint64_t index, struct oci_error *err);

/* Adds a dynamic string to the end of a list. */
int oci_elf_add(struct oci_elf_list *list, struct oci_elf_image *image,
		uint64_t index, const char *file, struct oci_error *err);
/* elf_versions.c: read the versions in size bytes at index at of data. */
int oci_elf_wants(struct oci_elf *out, struct oci_elf_image *image, size_t at,
		  size_t size, struct oci_error *err);
int oci_elf_has(struct oci_elf *out, struct oci_elf_image *image, size_t at,
		size_t size, struct oci_error *err);
/* elf_riscv.c: reads the architecture of the RISC-V attributes. */
int oci_elf_attributes(struct oci_elf *out, struct oci_elf_image *image,
		       uint64_t offset, uint64_t size, struct oci_error *err);

#endif
