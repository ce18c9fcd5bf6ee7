/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf-machine, elf-truncated, elf-interpreter, elf-needed: what the kernel and
 * a dynamic loader would say of the image's programs.
 */
#include <string.h>

#include "base/error.h"
#include "lint/elf_loader.h"

/* One program, and all that is loaded for it. */
struct loading {
	struct oci_loader *loader;
	const struct oci_object *program;
	unsigned number;
	struct oci_object **queue;
	size_t count;
};

enum { LIBRARIES_MAX = 1000 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The loader itself stands for its own names: ld.so, and musl's libc. */
static bool is_loader(const struct loading *l, const char *name)
{
	const char *own = base_name(l->program->elf.interpreter);

	return strcmp(name, own) == 0 ||
	       (strncmp(own, "ld-musl-", 8) == 0 &&
		(strcmp(name, "libc.so") == 0 ||
		 strncmp(name, "libc.musl-", 10) == 0));
}

static bool has_version(const struct oci_elf *elf, const char *version)
{
	for (const struct oci_elf_text *t = elf->has; t; t = t->next)
		if (strcmp(t->text, version) == 0)
			return true;
	return false;
}

/* Versions that object wants of one file that it needs. */
static void check_versions(struct loading *l, const struct oci_object *object,
			   const char *name, const struct oci_object *found)
{
	for (const struct oci_elf_text *t = object->elf.wants; t; t = t->next)
		/* One without versions at all is taken with a warning. */
		if (strcmp(t->file, name) == 0 && found->elf.has &&
		    !has_version(&found->elf, t->text))
			oci_lint_report(l->loader->lint, "elf-needed",
					object->entry, "it needs %s of %s, "
					"which '/%s' does not have", t->text,
					name, found->entry->path);
}

static int load(struct loading *l, const struct oci_object *object,
		const char *name, struct oci_error *err)
{
	struct oci_object *found;
	int rc;

	if (is_loader(l, name))
		return 0;
	rc = oci_loader_search(&found, l->loader, object, l->program, name,
			       err);
	if (rc)
		return rc;
	if (!found) {
		oci_lint_report(l->loader->lint, "elf-needed", object->entry,
				"it needs %s, which is nowhere that the "
				"loader looks%s%s", name,
				object == l->program ? "" : ": loaded for /",
				object == l->program ? "" :
				l->program->entry->path);
		return 0;
	}
	check_versions(l, object, name, found);
	if (found->program == l->number || l->count == LIBRARIES_MAX)
		return 0;
	found->program = l->number;
	found->loader = object;
	l->queue[l->count++] = found;
	return 0;
}

static int load_all(struct loading *l, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < l->count; i++) {
		const struct oci_object *object = l->queue[i];

		for (const struct oci_elf_text *t = object->elf.needed;
		     !rc && t; t = t->next)
			rc = load(l, object, t->text, err);
	}
	return rc;
}

/* Whether what the kernel starts first can be started. */
static int check_interpreter(bool *good, struct oci_loader *loader,
			     const struct oci_object *program,
			     struct oci_error *err)
{
	const char *path = program->elf.interpreter;
	const struct oci_rootfs_entry *entry = oci_lint_find(loader->lint,
							     path);
	struct oci_object *object;
	int rc;

	*good = false;
	if (!entry || entry->type != OCI_ENTRY_FILE) {
		oci_lint_report(loader->lint, "elf-interpreter",
				program->entry, "its loader '%s' is not in the "
				"image: starting it ends with \"no such file "
				"or directory\"", path);
		return 0;
	}
	rc = oci_loader_object(&object, loader, entry, err);
	if (rc)
		return rc;
	if (!object->elf.is_elf || object->elf.broken)
		oci_lint_report(loader->lint, "elf-interpreter",
				program->entry, "its loader '%s' is no program",
				path);
	else if (object->elf.machine != program->elf.machine ||
		 object->elf.class != program->elf.class)
		oci_lint_report(loader->lint, "elf-interpreter",
				program->entry, "its loader '%s' is for "
				"another machine", path);
	else if (!(entry->mode & 0111))
		oci_lint_report(loader->lint, "elf-interpreter",
				program->entry, "its loader '%s' may not be "
				"executed", path);
	else
		*good = true;
	return 0;
}

static int check_program(struct oci_loader *loader,
			 struct oci_object *program, unsigned number,
			 struct oci_error *err)
{
	struct oci_object *queue[LIBRARIES_MAX] = { program };
	struct loading l = { loader, program, number, queue, 1 };
	bool good;
	int rc = check_interpreter(&good, loader, program, err);

	if (rc || !good)
		return rc;
	program->program = number;
	program->loader = NULL;
	return load_all(&l, err);
}

/* Programs and libraries; object files and core dumps are data. */
static bool is_code(const struct oci_object *object)
{
	return object->elf.type == ET_EXEC || object->elf.type == ET_DYN;
}

static int check_file(struct oci_loader *loader,
		      const struct oci_rootfs_entry *entry, unsigned number,
		      struct oci_error *err)
{
	const struct oci_platform *platform =
		&loader->lint->subject->config->platform;
	struct oci_object *object;
	char why[128];
	int rc = oci_loader_object(&object, loader, entry, err);

	if (rc || !object->elf.is_elf)
		return rc;
	if (object->elf.broken) {
		oci_lint_report(loader->lint, "elf-truncated", entry,
				"it is broken: %s", object->elf.broken);
		return 0;
	}
	if (!is_code(object))
		return 0;
	if (oci_elf_misfit(why, &object->elf, platform)) {
		oci_lint_report(loader->lint, "elf-machine", entry,
				"%s, the platform is %s", why,
				loader->lint->platform);
		return 0;
	}
	if (object->elf.interpreter && (entry->mode & 0111))
		rc = check_program(loader, object, number, err);
	return rc;
}

int oci_lint_elf(struct oci_lint *lint, struct oci_error *err)
{
	struct oci_loader loader;
	int rc;

	/* Others have other formats. */
	if (strcmp(lint->subject->config->platform.os, "linux") != 0)
		return 0;
	rc = oci_loader_init(&loader, lint, err);
	for (size_t i = 0; !rc && i < lint->count; i++)
		if (lint->entries[i]->type == OCI_ENTRY_FILE &&
		    lint->entries[i]->kept)
			rc = check_file(&loader, lint->entries[i],
					(unsigned)i + 1, err);
	oci_loader_release(&loader);
	return rc;
}
