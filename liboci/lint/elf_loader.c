/* SPDX-License-Identifier: Apache-2.0 */
/* The programs and libraries of an image, as a dynamic loader loads them. */
#include "lint/elf_loader.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "lint/elf_conf.h"

/* This number of steps takes about twenty seconds; ordinary images need
 * thousands of steps. */
#define STEPS_MAX (UINT64_C(20) * 1000 * 1000)

int oci_loader_step(struct oci_loader *loader, struct oci_error *err)
{
	if (loader->steps++ < STEPS_MAX)
		return oci_watch_check(&loader->lint->watch, err);
	return oci_fail(err, OCI_E_LIMIT,
			"its programs need more libraries "
			"than are searched");
}

/* Adds the words of LD_PRELOAD, separated by blanks or colons. A loader ignores
 * words that it does not find, so none is reported as missing. */
static int add_preloads(struct oci_loader *loader, const char *list,
			struct oci_error *err)
{
	struct oci_elf_list *out = &loader->preloads;

	*out = (struct oci_elf_list){ 0 };
	for (list += strspn(list, ": "); *list; list += strspn(list, ": ")) {
		size_t size = strcspn(list, ": ");
		struct oci_elf_text *word =
			oci_arena_alloc(&loader->arena, sizeof(*word));

		if (!word)
			return oci_fail_nomem(err);
		word->told = word;
		word->text = oci_arena_copy(&loader->arena, list, size);
		if (!word->text)
			return oci_fail_nomem(err);
		if (out->last)
			out->last->next = word;
		else
			out->first = word;
		out->last = word;
		list += size;
	}
	return 0;
}

int oci_loader_init(struct oci_loader *loader, struct oci_lint *lint,
		    struct oci_error *err)
{
	const struct oci_strings *env = &lint->subject->config->env;
	int rc = 0;

	*loader = (struct oci_loader){ .lint = lint };
	for (size_t i = 0; i < env->count && !rc; i++)
		if (strncmp(env->items[i], "LD_LIBRARY_PATH=", 16) == 0)
			loader->library_path = env->items[i] + 16;
		else if (strncmp(env->items[i], "LD_PRELOAD=", 11) == 0)
			rc = add_preloads(loader, env->items[i] + 11, err);
	return rc ? rc : oci_conf_glibc(&loader->configured, lint, err);
}

void oci_loader_release(struct oci_loader *loader)
{
	oci_strings_release(&loader->configured);
	oci_strings_release(&loader->musl);
	oci_table_release(&loader->files);
	oci_table_release(&loader->elfs);
	oci_table_release(&loader->names);
	oci_arena_release(&loader->arena);
}

/* Reads an ELF file; the same bytes under another name are not read again. */
static int read_elf(struct oci_elf *out, struct oci_loader *loader,
		    const struct oci_rootfs_entry *entry,
		    struct oci_error *err)
{
	struct oci_elf *elf;
	int rc;

	if (!entry->kept)
		return oci_elf_read(out, &loader->arena, entry, err);
	elf = oci_table_get(&loader->elfs, (const char *)entry->kept,
			    sizeof(*entry->kept));
	if (elf) {
		*out = *elf;
		return 0;
	}
	elf = oci_arena_alloc(&loader->arena, sizeof(*elf));
	if (!elf)
		return oci_fail_nomem(err);
	rc = oci_elf_read(elf, &loader->arena, entry, err);
	*out = *elf;
	return rc ? rc : oci_table_set(&loader->elfs,
				       (const char *)entry->kept,
				       sizeof(*entry->kept), elf, err);
}

int oci_loader_object(struct oci_object **out, struct oci_loader *loader,
		      const struct oci_rootfs_entry *entry,
		      struct oci_error *err)
{
	size_t size = strlen(entry->path);
	struct oci_object *object = oci_table_get(&loader->files, entry->path,
						  size);
	int rc;

	*out = object;
	if (object)
		return 0;
	object = oci_arena_alloc(&loader->arena, sizeof(*object));
	if (!object)
		return oci_fail_nomem(err);
	object->entry = entry;
	rc = read_elf(&object->elf, loader, entry, err);
	if (rc)
		return oci_wrap(err, rc, "'/%s'", entry->path);
	*out = object;
	return oci_table_set(&loader->files, entry->path, size, object, err);
}
