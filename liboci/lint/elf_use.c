/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the files that a container is sure to use: its command, programs on
 * PATH, and libraries in the loader's default folders. Other files may be for
 * other machines, or be started by a program that provides what they need, such
 * as toolchains, plugins and test data.
 */
#include "lint/elf_use.h"

#include <stdio.h>
#include <string.h>

#include "base/glob.h"
#include "lint/command.h"

enum { FOLDERS_MAX = 128 };

struct folders {
	const struct oci_rootfs_entry *items[FOLDERS_MAX];
	size_t count;
};

static void add_folder(struct folders *folders, const struct oci_lint *lint,
		       const char *path)
{
	const struct oci_rootfs_entry *entry = oci_lint_find(lint, path);

	if (entry && folders->count < FOLDERS_MAX)
		folders->items[folders->count++] = entry;
}

/* Adds folders that are separated by colons; relative ones start at the working
 * directory. */
static void add_list(struct folders *folders, const struct oci_lint *lint,
		     const char *list)
{
	const char *start = lint->subject->config->working_dir;
	char path[OCI_PATH_MAX];

	while (*list) {
		size_t size = strcspn(list, ":");
		int n = snprintf(path, sizeof(path), "%s/%.*s",
				 list[0] == '/' || !start ? "" : start,
				 (int)size, list);

		if (n > 0 && (size_t)n < sizeof(path))
			add_folder(folders, lint, path);
		list += size + (list[size] == ':');
	}
}

static void add_all(struct folders *folders, const struct oci_loader *loader)
{
	static const char usual[] = "/lib:/lib64:/usr/lib:/usr/lib64:"
				    "/usr/local/lib";
	const struct oci_lint *lint = loader->lint;
	char path[OCI_PATH_MAX];
	const char *triplet = oci_loader_triplet(
		&lint->subject->config->platform);

	add_list(folders, lint, oci_command_path(lint->subject->config));
	add_list(folders, lint, oci_command_usual_path);
	add_list(folders, lint, usual);
	for (size_t i = 0; i < loader->configured.count; i++)
		add_folder(folders, lint, loader->configured.items[i]);
	snprintf(path, sizeof(path), "/lib/%s:/usr/lib/%s", triplet, triplet);
	add_list(folders, lint, path);
}

static bool has(const struct folders *folders,
		const struct oci_rootfs_entry *entry)
{
	for (size_t i = 0; i < folders->count; i++)
		if (folders->items[i] == entry)
			return true;
	return false;
}

static int add_file(struct oci_elf_use *use,
		    const struct oci_rootfs_entry *entry, struct oci_error *err)
{
	if (!entry || entry->type != OCI_ENTRY_FILE)
		return 0;
	return oci_table_set(&use->files, entry->path, strlen(entry->path),
			     (void *)entry->path, err);
}

/* Returns whether the command runs a loader, as in "ld-linux-x86-64.so.2
 * --library-path /x /x/app". Then the libraries are not in its default
 * folders. */
static bool is_loader(const char *word)
{
	const char *name = oci_command_name(word);

	return oci_glob_match("ld-*.so*", name) ||
	       oci_glob_match("ld*.so.[12]", name);
}

/* Adds the programs of the command, and words that are paths, which a script or
 * wrapper may start. */
static int add_words(struct oci_elf_use *use, const struct oci_lint *lint,
		     const struct oci_command *command, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < lint->started_count && !rc; i++)
		rc = add_file(use, lint->started[i], err);
	if (is_loader(command->words[0]))
		return rc;
	for (size_t i = 0; i < command->count && !rc; i++)
		if (strchr(command->words[i], '/'))
			rc = add_file(use,
				      oci_command_find(lint, command->words[i]),
				      err);
	return rc;
}

int oci_elf_use_read(struct oci_elf_use *use, const struct oci_loader *loader,
		     struct oci_error *err)
{
	const struct oci_lint *lint = loader->lint;
	struct folders folders = { .count = 0 };
	struct oci_command command;
	int rc;

	*use = (struct oci_elf_use){ .all = true };
	oci_command_read(&command, lint->subject->config);
	if (!command.count)
		return 0;
	use->all = false;
	rc = add_words(use, lint, &command, err);
	add_all(&folders, loader);
	for (size_t i = 0; i < lint->count && !rc; i++)
		if (has(&folders, lint->entries[i]->parent))
			rc = add_file(
				use,
				oci_lint_find(lint, lint->entries[i]->path),
				err);
	return rc;
}

bool oci_elf_use_has(const struct oci_elf_use *use,
		     const struct oci_rootfs_entry *entry)
{
	return use->all || oci_table_get(&use->files, entry->path,
					 strlen(entry->path));
}

void oci_elf_use_release(struct oci_elf_use *use)
{
	oci_table_release(&use->files);
}
