/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an ELF file. Programs are large, but loaders need little of them: the
 * header and those parts are copied one after the other into a small file in
 * memory, which libelf reads. Its header is changed: it has the offset of the
 * program headers in this small file, and no sections.
 */
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "lint/elf.h"
#include "lint/elf_image.h"

enum { SEGMENTS_MAX = 1024, DYNAMIC_MAX = 1 << 18, VERSIONS_MAX = 1 << 16,
       STRINGS_WHOLE = 1 << 18, HEADER_ROOM = 4096 };

/* PT_RISCV_ATTRIBUTES; psABI for RISC-V, "Program Header Table". */
#define RISCV_ATTRIBUTES 0x70000003u

/* Finds the file offset of an address; returns false if no segment contains
 * it. */
static bool offset_of(uint64_t *out, uint64_t *left,
		      const struct oci_elf_image *image, uint64_t address)
{
	for (size_t i = 0; i < image->segment_count; i++) {
		const GElf_Phdr *p = &image->segments[i];

		if (p->p_type != PT_LOAD || address < p->p_vaddr ||
		    address - p->p_vaddr >= p->p_filesz)
			continue;
		*out = p->p_offset + (address - p->p_vaddr);
		*left = p->p_filesz - (address - p->p_vaddr);
		return true;
	}
	return false;
}

static int fail_outside(struct oci_error *err)
{
	return oci_fail(err, OCI_E_CORRUPT,
			"its dynamic section leads outside the file");
}

/* Copies at most max bytes at an address into data. */
static int fill_at(size_t *at, size_t *size, struct oci_elf_image *image,
		   uint64_t address, size_t max, struct oci_error *err)
{
	uint64_t offset, left;

	if (!offset_of(&offset, &left, image, address))
		return fail_outside(err);
	*size = left < max ? (size_t)left : max;
	return oci_elf_fill(at, image, offset, *size, err);
}

static int read_segments(struct oci_elf *out, struct oci_elf_image *image,
			 uint64_t offset, struct oci_error *err)
{
	GElf_Ehdr header;
	size_t count, at;
	int rc;

	if (!gelf_getehdr(image->elf, &header))
		return oci_fail(err, OCI_E_CORRUPT, "its header is cut short");
	out->class = header.e_ident[EI_CLASS];
	out->data = header.e_ident[EI_DATA];
	out->machine = header.e_machine;
	out->type = header.e_type;
	out->flags = header.e_flags;
	count = header.e_phnum;
	if (count > SEGMENTS_MAX)
		return oci_fail(err, OCI_E_CORRUPT, "it has %zu segments",
				count);
	if (count && header.e_phentsize !=
		     gelf_fsize(image->elf, ELF_T_PHDR, 1, EV_CURRENT))
		return oci_fail(err, OCI_E_CORRUPT, "its program headers have "
				"%u bytes each", header.e_phentsize);
	/* The program headers follow the header, as the changed header says. */
	rc = oci_elf_fill(&at, image, offset,
			  (uint64_t)count * header.e_phentsize, err);
	for (size_t i = 0; !rc && i < count; i++) {
		GElf_Phdr *p = &image->segments[i];

		if (!gelf_getphdr(image->elf, (int)i, p))
			return oci_fail(err, OCI_E_CORRUPT,
					"its program headers are cut short");
		if (p->p_type != PT_NULL && p->p_type != PT_GNU_STACK &&
		    (p->p_offset > image->size ||
		     p->p_filesz > image->size - p->p_offset))
			return oci_fail(err, OCI_E_CORRUPT,
					"a segment ends "
					"after the end of the file");
		image->segment_count++;
	}
	return rc;
}

static int read_interpreter(struct oci_elf *out, struct oci_elf_image *image,
			    const GElf_Phdr *p, struct oci_error *err)
{
	size_t at;
	int rc;

	if (p->p_filesz < 2 || p->p_filesz > OCI_PATH_MAX)
		return oci_fail(err, OCI_E_CORRUPT,
				"the name of its interpreter has %llu bytes",
				(unsigned long long)p->p_filesz);
	rc = oci_elf_fill(&at, image, p->p_offset, p->p_filesz, err);
	return rc ? rc
		  : oci_elf_copy_text(&out->interpreter, image, at,
				      (size_t)p->p_filesz, err);
}

/* Values of the dynamic section. */
struct dynamic {
	uint64_t strings, strings_size;
	uint64_t wants, wants_count;	/* DT_VERNEED */
	uint64_t has, has_count;	/* DT_VERDEF */
	bool has_strings;
};

static void read_entry(struct dynamic *d, const GElf_Dyn *entry)
{
	switch (entry->d_tag) {
	case DT_STRTAB:
		d->strings = entry->d_un.d_ptr;
		d->has_strings = true;
		break;
	case DT_STRSZ:
		d->strings_size = entry->d_un.d_val;
		break;
	case DT_VERNEED:
		d->wants = entry->d_un.d_ptr;
		break;
	case DT_VERNEEDNUM:
		d->wants_count = entry->d_un.d_val;
		break;
	case DT_VERDEF:
		d->has = entry->d_un.d_ptr;
		break;
	case DT_VERDEFNUM:
		d->has_count = entry->d_un.d_val;
		break;
	default:
		break;
	}
}

static int read_name(struct oci_elf *out, struct oci_elf_image *image,
		     const GElf_Dyn *entry, struct oci_error *err)
{
	const char *text;
	int rc;

	if (entry->d_tag != DT_NEEDED && entry->d_tag != DT_SONAME &&
	    entry->d_tag != DT_RPATH && entry->d_tag != DT_RUNPATH)
		return 0;
	if (entry->d_tag == DT_NEEDED)
		return oci_elf_add(&out->needed, image, entry->d_un.d_val,
				   NULL, err);
	rc = oci_elf_string(&text, image, entry->d_un.d_val, err);
	if (rc)
		return rc;
	if (entry->d_tag == DT_SONAME)
		out->soname = text;
	else if (entry->d_tag == DT_RPATH)
		out->rpath = text;
	else
		out->runpath = text;
	return 0;
}

static int read_names(struct oci_elf *out, struct oci_elf_image *image,
		      Elf_Data *data, struct dynamic *d, struct oci_error *err)
{
	GElf_Dyn entry;
	int rc = 0;

	for (int i = 0; gelf_getdyn(data, i, &entry) &&
			entry.d_tag != DT_NULL; i++)
		read_entry(d, &entry);
	if (!d->has_strings)
		return oci_fail(err, OCI_E_CORRUPT,
				"its dynamic section has no strings");
	if (!offset_of(&image->strings, &image->strings_size, image,
		       d->strings))
		return fail_outside(err);
	if (image->strings_size > d->strings_size)
		image->strings_size = d->strings_size;
	/* A large table is not read as a whole; its strings are read one by
	 * one. */
	image->strings_read = image->strings_size <= STRINGS_WHOLE;
	if (image->strings_read)
		rc = oci_elf_fill(&image->strings_at, image, image->strings,
				  image->strings_size, err);
	for (int i = 0; !rc && gelf_getdyn(data, i, &entry) &&
			entry.d_tag != DT_NULL; i++)
		rc = read_name(out, image, &entry, err);
	return rc;
}

static int read_dynamic(struct oci_elf *out, struct oci_elf_image *image,
			const GElf_Phdr *p, struct oci_error *err)
{
	struct dynamic d = {0};
	size_t at, size;
	Elf_Data *data;
	int rc;

	if (p->p_filesz > DYNAMIC_MAX)
		return oci_fail(err, OCI_E_CORRUPT, "its dynamic section has "
				"%llu bytes", (unsigned long long)p->p_filesz);
	rc = oci_elf_fill(&at, image, p->p_offset, p->p_filesz, err);
	if (rc)
		return rc;
	data = elf_getdata_rawchunk(image->elf, (int64_t)at,
				    (size_t)p->p_filesz, ELF_T_DYN);
	if (!data)
		return oci_fail(err, OCI_E_CORRUPT,
				"its dynamic section cannot be read");
	out->dynamic = true;
	rc = read_names(out, image, data, &d, err);
	if (!rc && d.wants_count) {
		rc = fill_at(&at, &size, image, d.wants, VERSIONS_MAX, err);
		if (!rc)
			rc = oci_elf_wants(out, image, at, size, err);
	}
	if (!rc && d.has_count) {
		rc = fill_at(&at, &size, image, d.has, VERSIONS_MAX, err);
		if (!rc)
			rc = oci_elf_has(out, image, at, size, err);
	}
	return rc;
}

static int read_parts(struct oci_elf *out, struct oci_elf_image *image,
		      uint64_t offset, struct oci_error *err)
{
	int rc = read_segments(out, image, offset, err);

	for (size_t i = 0; !rc && i < image->segment_count; i++) {
		const GElf_Phdr *p = &image->segments[i];

		/* The first segment of each type counts. */
		if (p->p_type == PT_INTERP && !out->interpreter)
			rc = read_interpreter(out, image, p, err);
		else if (p->p_type == PT_DYNAMIC && p->p_filesz &&
			 !out->dynamic)
			rc = read_dynamic(out, image, p, err);
		else if (p->p_type == RISCV_ATTRIBUTES && !out->arch &&
			 out->machine == EM_RISCV)
			rc = oci_elf_attributes(out, image, p->p_offset,
						p->p_filesz, err);
	}
	return rc;
}

/* A broken file is a finding, not an error. */
static int judge(struct oci_elf *out, struct oci_arena *arena, int rc,
		 const struct oci_error *why, struct oci_error *err)
{
	if (rc != OCI_E_CORRUPT) {
		if (rc && err)
			*err = *why;
		return rc;
	}
	out->broken = oci_arena_text(arena, why->message);
	return out->broken ? 0 : oci_fail_nomem(err);
}

/* Replaces a number of the header, in the file's byte order, and returns the
 * old one. */
static uint64_t exchange(unsigned char *p, size_t size, bool big,
			 uint64_t number)
{
	uint64_t before = 0;

	for (size_t i = 0; i < size; i++) {
		size_t shift = 8 * (big ? size - 1 - i : i);

		before |= (uint64_t)p[i] << shift;
		p[i] = (unsigned char)(number >> shift);
	}
	return before;
}

/* Prepares the header for libelf. libelf allocates as many sections as the
 * header claims; loaders ignore sections, so they are removed. Returns the
 * offset of the program headers in the file; in data they follow the header. */
static uint64_t arrange(struct oci_elf_image *image)
{
	bool small = image->data[EI_CLASS] == ELFCLASS32;
	bool big = image->data[EI_DATA] == ELFDATA2MSB;
	Elf32_Ehdr *header32 = (Elf32_Ehdr *)image->data;
	Elf64_Ehdr *header64 = (Elf64_Ehdr *)image->data;

	if (small) {
		header32->e_shoff = 0;
		header32->e_shnum = header32->e_shstrndx = 0;
		return exchange((unsigned char *)&header32->e_phoff, 4, big,
				HEADER_ROOM);
	}
	header64->e_shoff = 0;
	header64->e_shnum = header64->e_shstrndx = 0;
	return exchange((unsigned char *)&header64->e_phoff, 8, big,
			HEADER_ROOM);
}

static int read_image(struct oci_elf *out, struct oci_elf_image *image,
		      struct oci_error *err)
{
	size_t at, head = image->size < HEADER_ROOM ? (size_t)image->size :
						      HEADER_ROOM;
	uint64_t offset;
	int rc = oci_elf_fill(&at, image, 0, head, err);

	out->is_elf = !rc && memcmp(image->data, ELFMAG, SELFMAG) == 0;
	if (!out->is_elf)
		return rc;
	if (head < (image->data[EI_CLASS] == ELFCLASS32 ?
		    sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr)))
		return oci_fail(err, OCI_E_CORRUPT,
				"its header cannot be read");
	image->used = HEADER_ROOM;
	offset = arrange(image);
	image->elf = elf_memory((char *)image->data, OCI_ELF_ROOM);
	if (image->elf && elf_kind(image->elf) == ELF_K_ELF)
		rc = read_parts(out, image, offset, err);
	else
		rc = oci_fail(err, OCI_E_CORRUPT,
			      "its header cannot be read");
	elf_end(image->elf);
	return rc;
}

int oci_elf_read(struct oci_elf *out, struct oci_arena *arena,
		 const struct oci_rootfs_entry *entry, struct oci_error *err)
{
	GElf_Phdr segments[SEGMENTS_MAX];
	struct oci_elf_image image = {
		.entry = entry, .arena = arena, .segments = segments,
		.size = entry->kept ? entry->kept->whole : 0,
	};
	struct oci_error why;
	int rc;

	*out = (struct oci_elf){0};
	if (image.size < 4 || elf_version(EV_CURRENT) == EV_NONE)
		return 0;
	image.data = calloc(1, OCI_ELF_ROOM);
	if (!image.data)
		return oci_fail_nomem(err);
	rc = read_image(out, &image, &why);
	free(image.data);
	return judge(out, arena, rc, &why, err);
}
