/* SPDX-License-Identifier: Apache-2.0 */
/* Where the dynamic loaders of glibc and musl search libraries. */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "lint/elf_conf.h"
#include "lint/elf_loader.h"

/* For each machine, the name of Debian's folder of libraries, and the second
 * default folder of glibc. */
static const struct {
	unsigned machine, class, data;
	const char *triplet, *more;
} triplets[] = {
	{ EM_RISCV, ELFCLASS64, ELFDATA2LSB, "riscv64-linux-gnu",
	  "lib64/lp64d" },
	{ EM_X86_64, ELFCLASS64, ELFDATA2LSB, "x86_64-linux-gnu", "lib64" },
	{ EM_X86_64, ELFCLASS32, ELFDATA2LSB, "x86_64-linux-gnux32", "libx32" },
	{ EM_AARCH64, ELFCLASS64, ELFDATA2LSB, "aarch64-linux-gnu", "lib64" },
	{ EM_ARM, ELFCLASS32, ELFDATA2LSB, "arm-linux-gnueabihf", "lib" },
	{ EM_386, ELFCLASS32, ELFDATA2LSB, "i386-linux-gnu", "lib32" },
	{ EM_PPC64, ELFCLASS64, ELFDATA2LSB, "powerpc64le-linux-gnu", "lib64" },
	{ EM_S390, ELFCLASS64, ELFDATA2MSB, "s390x-linux-gnu", "lib64" },
	{ EM_MIPS, ELFCLASS64, ELFDATA2LSB, "mips64el-linux-gnuabi64",
	  "lib64" },
	{ OCI_EM_LOONGARCH, ELFCLASS64, ELFDATA2LSB, "loongarch64-linux-gnu",
	  "lib64" },
};

enum { ARM_HARD_FLOAT = 0x400 };

static const char *triplet_of(const struct oci_elf *elf, const char **more)
{
	for (size_t i = 0; i < sizeof(triplets) / sizeof(triplets[0]); i++) {
		if (triplets[i].machine != elf->machine ||
		    triplets[i].class != elf->class ||
		    triplets[i].data != elf->data)
			continue;
		*more = triplets[i].more;
		if (elf->machine == EM_ARM && !(elf->flags & ARM_HARD_FLOAT))
			return "arm-linux-gnueabi";
		return triplets[i].triplet;
	}
	*more = "lib64";
	return "unknown";
}

const char *oci_loader_triplet(const struct oci_platform *platform)
{
	struct oci_elf elf;
	const char *more;

	if (!oci_elf_of_platform(&elf, platform))
		return "unknown";
	elf.flags = ARM_HARD_FLOAT;
	return triplet_of(&elf, &more);
}

bool oci_loader_is_musl(const struct oci_object *program)
{
	return strstr(program->elf.interpreter, "/ld-musl-");
}

/* Tries one file. Loaders ignore files for other machines. */
static int try_file(struct oci_object **out, struct oci_loader *loader,
		    const struct oci_object *program, const char *folder,
		    size_t folder_size, const char *name, struct oci_error *err)
{
	const struct oci_rootfs_entry *entry;
	struct oci_object *object;
	char path[OCI_PATH_MAX];
	int n, rc = oci_loader_step(loader, err);

	n = snprintf(path, sizeof(path), "%.*s/%s", (int)folder_size, folder,
		     name);
	if (rc || n < 0 || (size_t)n >= sizeof(path))
		return rc;
	entry = oci_lint_find(loader->lint, path);
	if (!entry || entry->type != OCI_ENTRY_FILE)
		return 0;
	rc = oci_loader_object(&object, loader, entry, err);
	if (!rc && object->elf.is_elf &&
	    object->elf.class == program->elf.class &&
	    object->elf.machine == program->elf.machine)
		*out = object;
	return rc;
}

/* Expands $ORIGIN, $LIB and $PLATFORM, with or without braces. */
static void expand(char out[OCI_PATH_MAX], const struct oci_object *object,
		   const char *text, size_t size)
{
	const char *more, *triplet = triplet_of(&object->elf, &more);
	char lib[64], origin[OCI_PATH_MAX];
	const char *const names[] = { "ORIGIN", "LIB", "PLATFORM" };
	const char *const values[] = { origin, lib, "" };
	size_t used = 0, i = 0;

	snprintf(lib, sizeof(lib), "lib/%s", triplet);
	snprintf(origin, sizeof(origin), "/%.*s",
		 (int)oci_path_parent(object->entry->path),
		 object->entry->path);
	while (i < size && used + 1 < OCI_PATH_MAX) {
		bool brace =
			text[i] == '$' && i + 1 < size && text[i + 1] == '{';
		size_t start = i + 1 + brace, n;

		for (n = 0; text[i] == '$' && n < 3; n++)
			if (size - start >= strlen(names[n]) &&
			    strncmp(text + start, names[n], strlen(names[n])) ==
				    0)
				break;
		if (text[i] != '$' || n == 3) {
			out[used++] = text[i++];
			continue;
		}
		used += (size_t)snprintf(out + used, OCI_PATH_MAX - used, "%s",
					 values[n]);
		i = start + strlen(names[n]) + brace;
	}
	out[used < OCI_PATH_MAX ? used : OCI_PATH_MAX - 1] = '\0';
}

/* Searches a list of folders. glibc's loader also splits LD_LIBRARY_PATH, but
 * not RPATH and RUNPATH, at semicolons (elf/dl-load.c); musl's splits all lists
 * at colons and newlines (ldso/dynlink.c, path_open). */
static int search_list(struct oci_object **out, struct oci_loader *loader,
		       const struct oci_object *object,
		       const struct oci_object *program, const char *list,
		       const char *name, struct oci_error *err)
{
	const char *start = loader->lint->subject->config->working_dir;
	const char *ends = oci_loader_is_musl(program)	  ? ":\n"
			   : list == loader->library_path ? ":;"
							  : ":";
	char text[OCI_PATH_MAX], folder[OCI_PATH_MAX];
	int n, rc = 0;

	for (bool more = list && *list; more && !rc && !*out;) {
		size_t size = strcspn(list, ends);

		more = list[size] != '\0';
		/* To glibc, an empty name is the working directory. */
		if (size || !oci_loader_is_musl(program)) {
			expand(text, object, list, size);
			/* Relative paths start at the working directory. */
			n = snprintf(folder, sizeof(folder), "%s/%s",
				     text[0] == '/' || !start ? "" : start,
				     text);
			if (n > 0 && (size_t)n < sizeof(folder))
				rc = try_file(out, loader, program, folder,
					      (size_t)n, name, err);
		}
		list += size + more;
	}
	return rc;
}

static int search_folders(struct oci_object **out, struct oci_loader *loader,
			  const struct oci_object *program,
			  const struct oci_strings *folders, const char *name,
			  struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && !*out && i < folders->count; i++)
		rc = try_file(out, loader, program, folders->items[i],
			      strlen(folders->items[i]), name, err);
	return rc;
}

static int search_usual(struct oci_object **out, struct oci_loader *loader,
			const struct oci_object *program, const char *name,
			struct oci_error *err)
{
	const char *more, *triplet = triplet_of(&program->elf, &more);
	char folders[6][64];
	int rc = 0;

	snprintf(folders[0], 64, "/lib/%s", triplet);
	snprintf(folders[1], 64, "/usr/lib/%s", triplet);
	snprintf(folders[2], 64, "/%s", more);
	snprintf(folders[3], 64, "/usr/%s", more);
	snprintf(folders[4], 64, "/lib");
	snprintf(folders[5], 64, "/usr/lib");
	for (size_t i = 0; !rc && !*out && i < 6; i++)
		rc = try_file(out, loader, program, folders[i],
			      strlen(folders[i]), name, err);
	return rc;
}

/* Searches the RPATHs of the object that needs the library, of the object that
 * loaded that one, and so on up to the program. If the object that needs the
 * library has a RUNPATH, no RPATH is used; another object of the chain that has
 * a RUNPATH is skipped. */
static int search_rpaths(struct oci_object **out, struct oci_loader *loader,
			 const struct oci_object *object,
			 const struct oci_object *program, const char *name,
			 struct oci_error *err)
{
	int rc = 0;

	if (object->elf.runpath)
		return 0;
	for (const struct oci_object *o = object; o && !rc && !*out;
	     o = o->loader)
		if (!o->elf.runpath)
			rc = search_list(out, loader, o, program, o->elf.rpath,
					 name, err);
	return rc;
}

/* Reads the folders for the architecture in the loader's name. */
static int configure_musl(struct oci_loader *loader,
			  const struct oci_object *program,
			  struct oci_error *err)
{
	const char *name = strstr(program->elf.interpreter, "/ld-musl-") + 9;
	size_t size = strcspn(name, "./");
	char arch[sizeof(loader->musl_arch)];

	snprintf(arch, sizeof(arch), "%.*s", (int)size, name);
	if (strcmp(arch, loader->musl_arch) == 0)
		return 0;
	memcpy(loader->musl_arch, arch, sizeof(arch));
	oci_strings_release(&loader->musl);
	return oci_conf_musl(&loader->musl, loader->lint, arch, err);
}

static int search_musl(struct oci_object **out, struct oci_loader *loader,
		       const struct oci_object *object,
		       const struct oci_object *program, const char *name,
		       struct oci_error *err)
{
	int rc = configure_musl(loader, program, err);

	if (!rc)
		rc = search_list(out, loader, program, program,
				 loader->library_path, name, err);

	for (const struct oci_object *o = object; o && !rc && !*out;
	     o = o->loader)
		rc = search_list(out, loader, o, program,
				 o->elf.runpath ? o->elf.runpath : o->elf.rpath,
				 name, err);
	return rc || *out ? rc
			  : search_folders(out, loader, program, &loader->musl,
					   name, err);
}

static int search_glibc(struct oci_object **out, struct oci_loader *loader,
			const struct oci_object *object,
			const struct oci_object *program, const char *name,
			struct oci_error *err)
{
	int rc = search_rpaths(out, loader, object, program, name, err);

	if (!rc && !*out && !(program->entry->mode & 06000))
		rc = search_list(out, loader, program, program,
				 loader->library_path, name, err);
	if (!rc && !*out)
		rc = search_list(out, loader, object, program,
				 object->elf.runpath, name, err);
	if (!rc && !*out)
		rc = search_folders(out, loader, program, &loader->configured,
				    name, err);
	return rc || *out ? rc : search_usual(out, loader, program, name, err);
}

int oci_loader_search(struct oci_object **out, struct oci_loader *loader,
		      const struct oci_object *object,
		      const struct oci_object *program, const char *name,
		      struct oci_error *err)
{
	char folder[OCI_PATH_MAX];

	*out = NULL;
	if (strchr(name, '/')) {
		expand(folder, object, name, strlen(name));
		return try_file(out, loader, program, "", 0, folder, err);
	}
	if (oci_loader_is_musl(program))
		return search_musl(out, loader, object, program, name, err);
	return search_glibc(out, loader, object, program, name, err);
}
