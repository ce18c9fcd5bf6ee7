/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading an ELF file. Its size in address space is reserved, and only what a
 * loader would look at is read into it: programs are large, their headers and
 * string tables are not.
 */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS, MAP_NORESERVE */

#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"
#include "lint/elf.h"
#include "lint/elf_image.h"

enum { SEGMENTS_MAX = 1024, DYNAMIC_MAX = 1 << 18, VERSIONS_MAX = 1 << 16,
       STRINGS_WHOLE = 1 << 18 };

/* PT_RISCV_ATTRIBUTES; psABI for RISC-V, "Program Header Table". */
#define RISCV_ATTRIBUTES 0x70000003u

#define IMAGE_MAX (UINT64_C(16) << 30)

int oci_elf_fill(struct oci_elf_image *image, uint64_t offset, uint64_t size,
		 struct oci_error *err)
{
	size_t got;
	int rc;

	if (offset > image->size || size > image->size - offset)
		return oci_fail(err, OCI_E_CORRUPT, "it ends before its end");
	while (size) {
		rc = oci_rootfs_read(&got, image->data + offset,
				     size < (1 << 20) ? (size_t)size : 1 << 20,
				     offset, image->entry, err);
		if (rc)
			return rc;
		if (!got)
			return oci_fail(err, OCI_E_CORRUPT,
					"it ends before its end");
		offset += got;
		size -= got;
	}
	return 0;
}

int oci_elf_text(const char **out, struct oci_elf_image *image,
		 uint64_t offset, uint64_t size, struct oci_error *err)
{
	const char *text = (const char *)image->data + offset;

	*out = oci_arena_copy(image->arena, text, strnlen(text, (size_t)size));
	return *out ? 0 : oci_fail_nomem(err);
}

/* Where an address is in the file; false where no segment loads it. */
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
			"its dynamic section leads out of it");
}

/* Brings what lies at an address into memory, as far as max goes. */
static int fill_at(uint64_t *offset, uint64_t *size,
		   struct oci_elf_image *image, uint64_t address, uint64_t max,
		   struct oci_error *err)
{
	if (!offset_of(offset, size, image, address))
		return fail_outside(err);
	if (*size > max)
		*size = max;
	return oci_elf_fill(image, *offset, *size, err);
}

static int read_segments(struct oci_elf *out, struct oci_elf_image *image,
			 struct oci_error *err)
{
	GElf_Ehdr header;
	size_t count;
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
	rc = oci_elf_fill(image, header.e_phoff,
			  (uint64_t)count * header.e_phentsize, err);
	for (size_t i = 0; !rc && i < count; i++) {
		GElf_Phdr *p = &image->segments[i];

		if (!gelf_getphdr(image->elf, (int)i, p))
			return oci_fail(err, OCI_E_CORRUPT,
					"its program headers are cut short");
		if (p->p_type != PT_NULL && p->p_type != PT_GNU_STACK &&
		    (p->p_offset > image->size ||
		     p->p_filesz > image->size - p->p_offset))
			return oci_fail(err, OCI_E_CORRUPT, "a segment ends "
					"behind the end of the file");
		image->segment_count++;
	}
	return rc;
}

static int read_interpreter(struct oci_elf *out, struct oci_elf_image *image,
			    const GElf_Phdr *p, struct oci_error *err)
{
	int rc;

	if (p->p_filesz < 2 || p->p_filesz > OCI_PATH_MAX)
		return oci_fail(err, OCI_E_CORRUPT,
				"the name of its interpreter has %llu bytes",
				(unsigned long long)p->p_filesz);
	rc = oci_elf_fill(image, p->p_offset, p->p_filesz, err);
	return rc ? rc : oci_elf_text(&out->interpreter, image, p->p_offset,
				      p->p_filesz, err);
}

/* What the entries of the dynamic section say. */
struct dynamic {
	uint64_t strings, strings_size;
	uint64_t wants, wants_count;	/* DT_VERNEED */
	uint64_t has, has_count;	/* DT_VERDEF */
	bool has_strings;
};

static void take_entry(struct dynamic *d, const GElf_Dyn *entry)
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

static int take_name(struct oci_elf *out, struct oci_elf_image *image,
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
		take_entry(d, &entry);
	if (!d->has_strings)
		return oci_fail(err, OCI_E_CORRUPT,
				"its dynamic section has no strings");
	if (!offset_of(&image->strings, &image->strings_size, image,
		       d->strings))
		return fail_outside(err);
	if (image->strings_size > d->strings_size)
		image->strings_size = d->strings_size;
	/* Of many, those few that are wanted are read one by one. */
	image->strings_read = image->strings_size <= STRINGS_WHOLE;
	if (image->strings_read)
		rc = oci_elf_fill(image, image->strings, image->strings_size,
				  err);
	for (int i = 0; !rc && gelf_getdyn(data, i, &entry) &&
			entry.d_tag != DT_NULL; i++)
		rc = take_name(out, image, &entry, err);
	return rc;
}

static int read_dynamic(struct oci_elf *out, struct oci_elf_image *image,
			const GElf_Phdr *p, struct oci_error *err)
{
	struct dynamic d = {0};
	uint64_t offset, size;
	Elf_Data *data;
	int rc;

	if (p->p_filesz > DYNAMIC_MAX)
		return oci_fail(err, OCI_E_CORRUPT, "its dynamic section has "
				"%llu bytes", (unsigned long long)p->p_filesz);
	rc = oci_elf_fill(image, p->p_offset, p->p_filesz, err);
	if (rc)
		return rc;
	data = elf_getdata_rawchunk(image->elf, (int64_t)p->p_offset,
				    (size_t)p->p_filesz, ELF_T_DYN);
	if (!data)
		return oci_fail(err, OCI_E_CORRUPT,
				"its dynamic section cannot be read");
	out->dynamic = true;
	rc = read_names(out, image, data, &d, err);
	if (!rc && d.wants_count) {
		rc = fill_at(&offset, &size, image, d.wants, VERSIONS_MAX, err);
		if (!rc)
			rc = oci_elf_wants(out, image, offset, size, err);
	}
	if (!rc && d.has_count) {
		rc = fill_at(&offset, &size, image, d.has, VERSIONS_MAX, err);
		if (!rc)
			rc = oci_elf_has(out, image, offset, size, err);
	}
	return rc;
}

static int read_parts(struct oci_elf *out, struct oci_elf_image *image,
		      struct oci_error *err)
{
	int rc = read_segments(out, image, err);

	for (size_t i = 0; !rc && i < image->segment_count; i++) {
		const GElf_Phdr *p = &image->segments[i];

		/* The first of each counts. */
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

/* Broken files are what this is for: that is told, and no error. */
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

/* libelf makes room for as many sections as a header claims. No loader looks
 * at them, and here they are not read either. */
static void forget_sections(struct oci_elf_image *image)
{
	Elf32_Ehdr *small = (Elf32_Ehdr *)image->data;
	Elf64_Ehdr *large = (Elf64_Ehdr *)image->data;

	if (image->data[EI_CLASS] == ELFCLASS32 &&
	    image->size >= sizeof(*small)) {
		small->e_shoff = 0;
		small->e_shnum = small->e_shstrndx = 0;
	} else if (image->size >= sizeof(*large)) {
		large->e_shoff = 0;
		large->e_shnum = large->e_shstrndx = 0;
	}
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
	if (image.size < 4 || image.size > IMAGE_MAX ||
	    elf_version(EV_CURRENT) == EV_NONE)
		return 0;
	image.data = mmap(NULL, (size_t)image.size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (image.data == MAP_FAILED)
		return oci_fail_errno(err, "reserve memory");
	rc = oci_elf_fill(&image, 0, image.size < 4096 ? image.size : 4096,
			  &why);
	out->is_elf = !rc && memcmp(image.data, ELFMAG, SELFMAG) == 0;
	if (out->is_elf) {
		forget_sections(&image);
		image.elf = elf_memory((char *)image.data, (size_t)image.size);
		if (image.elf && elf_kind(image.elf) == ELF_K_ELF)
			rc = read_parts(out, &image, &why);
		else
			rc = oci_fail(&why, OCI_E_CORRUPT,
				      "its header cannot be read");
		elf_end(image.elf);
	}
	munmap(image.data, (size_t)image.size);
	return judge(out, arena, rc, &why, err);
}
