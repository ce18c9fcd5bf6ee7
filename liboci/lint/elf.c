/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf-machine, elf-truncated, elf-interpreter, elf-needed: predicts what the
 * kernel and a dynamic loader do with the image's programs.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "lint/elf_use.h"

/* One program, and the libraries that are loaded for it. */
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

/* Names that musl's loader provides itself, whatever files have them. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = {
		"libc.", "libpthread.", "librt.", "libm.", "libdl.",
		"libutil.", "libxnet.",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* The loader provides its own names: ld.so's, and musl's libc. */
static bool is_loader(const struct loading *l, const char *name)
{
	return strcmp(name, base_name(l->program->elf.interpreter)) == 0 ||
	       (oci_loader_is_musl(l->program) && is_reserved(name));
}

/* Returns the object that the name stands for in this program, or NULL. */
static struct oci_object *find_loaded(const struct loading *l, const char *name)
{
	const struct oci_loaded *loaded =
		oci_table_get(&l->loader->names, name, strlen(name));

	return loaded && loaded->program == l->number ? loaded->object : NULL;
}

static int set_name(struct loading *l, const char *name,
		    struct oci_object *object, struct oci_error *err)
{
	struct oci_loader *loader = l->loader;
	struct oci_loaded *loaded = oci_table_get(&loader->names, name,
						  strlen(name));
	int rc = 0;

	if (loaded && loaded->program == l->number)
		return 0;
	if (!loaded) {
		loaded = oci_arena_alloc(&loader->arena, sizeof(*loaded));
		if (!loaded)
			return oci_fail_nomem(err);
		rc = oci_table_set(&loader->names, name, strlen(name), loaded,
				   err);
	}
	loaded->object = object;
	loaded->program = l->number;
	return rc;
}

/* A missing file is reported once, for the first program. */
static void report_missing(struct loading *l, const struct oci_object *object,
			   struct oci_elf_text *needed)
{
	bool own = object == l->program;

	if (needed->told)
		return;
	needed->told = object;
	oci_lint_report(l->loader->lint, "elf-needed", object->entry,
			"it needs %s, which is in no folder that the loader "
			"searches%s%s",
			needed->text, own ? "" : ": loaded for /",
			own ? "" : l->program->entry->path);
}

/* A loader first looks for an object that is loaded already, by the name that
 * was asked for or (except musl) its soname, and then for a file. */
static int load(struct loading *l, const struct oci_object *object,
		struct oci_elf_text *needed, struct oci_error *err)
{
	struct oci_object *found;
	int rc = oci_loader_step(l->loader, err);

	if (rc || is_loader(l, needed->text) || find_loaded(l, needed->text))
		return rc;
	rc = oci_loader_search(&found, l->loader, object, l->program,
			       needed->text, err);
	if (!rc && !found)
		report_missing(l, object, needed);
	if (rc || !found)
		return rc;
	rc = set_name(l, needed->text, found, err);
	if (!rc && found->elf.soname && !oci_loader_is_musl(l->program))
		rc = set_name(l, found->elf.soname, found, err);
	if (rc || found->program == l->number || l->count == LIBRARIES_MAX)
		return rc;
	found->program = l->number;
	found->loader = object;
	found->used = found->used || !l->loader->lint->doubtful;
	l->queue[l->count++] = found;
	return 0;
}

static int check_version(struct loading *l, const struct oci_object *object,
			 struct oci_elf_text *wanted, struct oci_error *err)
{
	const struct oci_object *found = find_loaded(l, wanted->file);
	int rc = oci_loader_step(l->loader, err);

	/* A library without versions is accepted; ld.so only warns. */
	if (rc || !found || !found->elf.has.first || wanted->told == found)
		return rc;
	wanted->told = found;
	for (const struct oci_elf_text *t = found->elf.has.first; t && !rc;
	     t = t->next) {
		if (strcmp(t->text, wanted->text) == 0)
			return 0;
		rc = oci_loader_step(l->loader, err);
	}
	if (!rc)
		oci_lint_report(l->loader->lint, "elf-needed", object->entry,
				"it needs %s of %s, which '/%s' does not have",
				wanted->text, wanted->file,
				found->entry->path);
	return rc;
}

static int load_all(struct loading *l, struct oci_error *err)
{
	int rc = 0;

	for (struct oci_elf_text *t = l->loader->preloads.first; !rc && t;
	     t = t->next)
		rc = load(l, l->program, t, err);
	for (size_t i = 0; !rc && i < l->count; i++)
		for (struct oci_elf_text *t = l->queue[i]->elf.needed.first;
		     !rc && t; t = t->next)
			rc = load(l, l->queue[i], t, err);
	if (oci_loader_is_musl(l->program))
		return rc; /* musl ignores versions */
	for (size_t i = 0; !rc && i < l->count; i++)
		for (struct oci_elf_text *t = l->queue[i]->elf.wants.first;
		     !rc && t; t = t->next)
			rc = check_version(l, l->queue[i], t, err);
	return rc;
}

static const char of_merge[] =
	"The loader is below /usr, but the links to /usr are missing: "
	"add the package base-files, or {path: /lib, symlink: usr/lib} (and "
	"/lib64, /bin and /sbin likewise).";

/* If the loader is at /usr/lib/..., a link from /lib to usr/lib may be
 * missing. */
static void report_absent(struct oci_lint *lint,
			  const struct oci_object *program, const char *path)
{
	char merged[OCI_PATH_MAX];
	int n = snprintf(merged, sizeof(merged), "/usr%s", path);
	bool below = n > 0 && (size_t)n < sizeof(merged) &&
		     oci_lint_find(lint, merged);

	oci_lint_report_with(lint, "elf-interpreter", program->entry,
			     below ? of_merge : NULL,
			     "its loader '%s' is not in the image%s%s%s: "
			     "starting it ends with \"no such file or "
			     "directory\"",
			     path, below ? ", but '" : "", below ? merged : "",
			     below ? "'" : "");
}

/* Checks the interpreter, which the kernel starts first. */
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
		report_absent(loader->lint, program, path);
		return 0;
	}
	rc = oci_loader_object(&object, loader, entry, err);
	if (rc)
		return rc;
	if (!object->elf.is_elf || object->elf.broken)
		oci_lint_report(loader->lint, "elf-interpreter", program->entry,
				"its loader '%s' is not a valid ELF file",
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

/* Returns whether it is a program or a library. Object files and core dumps are
 * data. */
static bool is_code(const struct oci_object *object)
{
	return object->elf.type == ET_EXEC || object->elf.type == ET_DYN;
}

/* Files that no program of the image loads: debug files, whose segments are in
 * other files, and code for other processors. */
static bool is_foreign(const char *path)
{
	static const char *const folders[] = {
		"usr/lib/debug/", "usr/lib/firmware/", "lib/firmware/",
		"boot/", "usr/share/qemu/",
	};
	size_t size = strlen(path);

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return size > 6 && strcmp(path + size - 6, ".debug") == 0;
}

static int check_file(struct oci_loader *loader,
		      const struct oci_rootfs_entry *entry, unsigned number,
		      bool used, struct oci_error *err)
{
	const struct oci_platform *platform =
		&loader->lint->subject->config->platform;
	struct oci_object *object;
	char why[128];
	int rc = oci_watch_check(&loader->lint->watch, err);

	if (!rc)
		rc = oci_loader_object(&object, loader, entry, err);
	if (rc || !object->elf.is_elf)
		return rc;
	loader->lint->doubtful = !used && !object->used;
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
	/* Code that checks for an extension at run time is marked too, so this
	 * is only a warning. */
	if (oci_elf_wants_more(why, &object->elf, platform))
		oci_lint_warn(loader->lint, "elf-machine", entry, "%s", why);
	/* A library may be a program too, such as libc.so.6. */
	loader->lint->doubtful = !used;
	if (object->elf.interpreter && (entry->mode & 0111))
		rc = check_program(loader, object, number, err);
	return rc;
}

/* Checks the files that are sure to be used, or the others. */
static int check_files(struct oci_loader *loader, const struct oci_elf_use *use,
		       bool used, struct oci_error *err)
{
	const struct oci_lint *lint = loader->lint;
	int rc = 0;

	for (size_t i = 0; !rc && i < lint->count; i++) {
		const struct oci_rootfs_entry *e = lint->entries[i];

		if (e->type == OCI_ENTRY_FILE && e->kept &&
		    !is_foreign(e->path) && oci_elf_use_has(use, e) == used)
			rc = check_file(loader, e, (unsigned)i + 1, used, err);
	}
	return rc;
}

int oci_lint_elf(struct oci_lint *lint, struct oci_error *err)
{
	struct oci_elf_use use = { .all = true };
	struct oci_loader loader;
	int rc;

	/* Other systems have other formats. */
	if (strcmp(lint->subject->config->platform.os, "linux") != 0)
		return 0;
	rc = oci_loader_init(&loader, lint, err);
	if (!rc)
		rc = oci_elf_use_read(&use, &loader, err);
	/* A missing library is reported for the first program, so begin with
	 * those that are sure to be used. */
	if (!rc)
		rc = check_files(&loader, &use, true, err);
	if (!rc)
		rc = check_files(&loader, &use, false, err);
	lint->doubtful = false;
	oci_elf_use_release(&use);
	oci_loader_release(&loader);
	return rc;
}
