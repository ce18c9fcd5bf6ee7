/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions of symbols that a file needs and defines. Linux Standard Base,
 * "Symbol Versioning". Records are chained by offsets that a hostile file
 * chooses, so offsets only increase, and reading stops at the end of the data.
 */
#include <string.h>

#include "base/error.h"
#include "lint/elf_image.h"

/* NAMES_MAX is for all names of a file. */
enum {
	RECORDS_MAX = 65535, NAMES_MAX = 4096, NAME_BYTES_MAX = 1 << 20,
	NAME_MAX_BYTES = 16 * 1024
};

int oci_elf_string(const char **out, struct oci_elf_image *image,
		   uint64_t index, struct oci_error *err)
{
	const size_t used = image->used;
	uint64_t size;
	size_t at, length;
	int rc = 0;

	if (index >= image->strings_size)
		return oci_fail(err, OCI_E_CORRUPT,
				"a name is after the end of its strings");
	size = image->strings_size - index;
	if (size > NAME_MAX_BYTES)
		size = NAME_MAX_BYTES;
	if (image->strings_read)
		at = image->strings_at + (size_t)index;
	else
		rc = oci_elf_fill(&at, image, image->strings + index, size,
				  err);
	if (rc)
		return rc;
	/* The next name uses the same room. */
	image->used = used;
	length = strnlen((const char *)image->data + at, (size_t)size);
	if (length == NAME_MAX_BYTES || image->names == NAMES_MAX ||
	    length > NAME_BYTES_MAX - image->name_bytes)
		return oci_fail(err, OCI_E_CORRUPT, "it has too many names");
	image->names++;
	image->name_bytes += length;
	return oci_elf_copy_text(out, image, at, length, err);
}

int oci_elf_add(struct oci_elf_list *list, struct oci_elf_image *image,
		uint64_t index, const char *file, struct oci_error *err)
{
	struct oci_elf_text *item =
		oci_arena_alloc(image->arena, sizeof(*item));
	int rc;

	if (!item)
		return oci_fail_nomem(err);
	item->file = file;
	rc = oci_elf_string(&item->text, image, index, err);
	if (rc)
		return rc;
	if (list->last)
		list->last->next = item;
	else
		list->first = item;
	list->last = item;
	return 0;
}

static Elf_Data *open_data(struct oci_elf_image *image, size_t at, size_t size,
			   Elf_Type type)
{
	return elf_getdata_rawchunk(image->elf, (int64_t)at, size, type);
}

static int fail_records(struct oci_error *err)
{
	return oci_fail(err, OCI_E_CORRUPT,
			"its versions of symbols cannot be read");
}

/* Reads the versions for one file: vn_cnt records, the first at index at. */
static int read_file(struct oci_elf *out, struct oci_elf_image *image,
		     Elf_Data *data, const GElf_Verneed *need, uint64_t at,
		     struct oci_error *err)
{
	const char *file;
	GElf_Vernaux aux;
	int rc = oci_elf_string(&file, image, need->vn_file, err);

	for (unsigned i = 0; !rc && i < need->vn_cnt; i++) {
		if (at >= data->d_size ||
		    !gelf_getvernaux(data, (int)at, &aux))
			return fail_records(err);
		if (!(aux.vna_flags & VER_FLG_WEAK))
			rc = oci_elf_add(&out->wants, image, aux.vna_name,
					 file, err);
		if (!aux.vna_next)
			break;
		at += aux.vna_next;
	}
	return rc;
}

int oci_elf_wants(struct oci_elf *out, struct oci_elf_image *image, size_t from,
		  size_t size, struct oci_error *err)
{
	Elf_Data *data = open_data(image, from, size, ELF_T_VNEED);
	GElf_Verneed need;
	uint64_t at = 0;
	int rc = data ? 0 : fail_records(err);

	for (int i = 0; !rc && i < RECORDS_MAX; i++) {
		if (at >= data->d_size ||
		    !gelf_getverneed(data, (int)at, &need))
			return fail_records(err);
		rc = read_file(out, image, data, &need, at + need.vn_aux, err);
		if (!need.vn_next)
			break;
		at += need.vn_next;
	}
	return rc;
}

int oci_elf_has(struct oci_elf *out, struct oci_elf_image *image, size_t from,
		size_t size, struct oci_error *err)
{
	Elf_Data *data = open_data(image, from, size, ELF_T_VDEF);
	GElf_Verdef definition;
	GElf_Verdaux aux;
	uint64_t at = 0;
	int rc = data ? 0 : fail_records(err);

	for (int i = 0; !rc && i < RECORDS_MAX; i++) {
		if (at >= data->d_size ||
		    !gelf_getverdef(data, (int)at, &definition) ||
		    at + definition.vd_aux >= data->d_size ||
		    !gelf_getverdaux(data, (int)(at + definition.vd_aux),
				     &aux))
			return fail_records(err);
		rc = oci_elf_add(&out->has, image, aux.vda_name, NULL, err);
		if (!definition.vd_next)
			break;
		at += definition.vd_next;
	}
	return rc;
}
