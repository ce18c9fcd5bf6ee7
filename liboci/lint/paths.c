/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks paths: folders of the config, dangling and escaping symlinks, names
 * that collide, and modes that allow too much.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "lint/lint.h"

static void check_folders(struct oci_lint *lint)
{
	const struct oci_config *config = lint->subject->config;
	const struct oci_rootfs_entry *e;

	if (config->working_dir && strcmp(config->working_dir, "/") != 0) {
		e = oci_lint_find(lint, config->working_dir);
		if (!e)
			oci_lint_report(lint, "workdir-missing", NULL,
					"the config's working directory '%s' "
					"is not in the image",
					config->working_dir);
		else if (e->type != OCI_ENTRY_DIRECTORY)
			oci_lint_report(lint, "workdir-missing", e,
					"the "
					"config's working directory is not a "
					"directory");
	}
	for (size_t i = 0; i < config->volumes.count; i++) {
		e = oci_lint_find(lint, config->volumes.items[i]);
		if (e && e->type != OCI_ENTRY_DIRECTORY)
			oci_lint_report(
				lint, "volume-is-file", e,
				"the config has it as a volume, but it is not "
				"a directory");
	}
}

/* Returns whether a link is in a folder of programs or libraries. Elsewhere its
 * target may appear only at run time. */
static bool is_searched(const char *path)
{
	static const char *const folders[] = {
		"bin/", "sbin/", "lib/", "lib64/", "usr/bin/", "usr/sbin/",
		"usr/lib/", "usr/lib64/", "usr/local/bin/", "usr/local/sbin/",
		"usr/local/lib/",
	};
	const char *name = oci_path_name(path);

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return strstr(folders[i], "bin/") ||
			       strstr(name, ".so");
	return false;
}

static bool leads_to_mount(const char *target)
{
	static const char *const mounts[] = { "/proc/", "/sys/", "/dev/",
					      "/run/", "/var/run/" };

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (strncmp(target, mounts[i], strlen(mounts[i])) == 0)
			return true;
	return false;
}

/* Returns whether the target has more ".." than there are parent folders. */
static bool escapes(const struct oci_rootfs_entry *e)
{
	const char *p = e->target;
	long depth = 0;

	for (const char *c = e->path; *c; c++)
		depth += *c == '/';
	if (*p == '/')
		depth = 0;
	while (*p) {
		size_t size = strcspn(p, "/");

		if (size == 2 && memcmp(p, "..", 2) == 0)
			depth--;
		else if (size && !(size == 1 && *p == '.'))
			depth++;
		if (depth < 0)
			return true;
		p += size + (p[size] == '/');
	}
	return false;
}

static void check_link(struct oci_lint *lint, const struct oci_rootfs_entry *e)
{
	if (escapes(e))
		oci_lint_report(lint, "symlink-escapes", e,
				"its target '%s' leads above the root",
				e->target);
	if (is_searched(e->path) && !leads_to_mount(e->target) &&
	    !oci_lint_find(lint, e->path))
		oci_lint_report(lint, "symlink-dangling", e,
				"its target '%s' is not in the image",
				e->target);
}

static void check_mode(struct oci_lint *lint, const struct oci_rootfs_entry *e)
{
	bool file = e->type == OCI_ENTRY_FILE;
	bool folder = e->type == OCI_ENTRY_DIRECTORY;

	if (file && (e->mode & 06000) && (e->mode & 0111))
		oci_lint_report(lint, "setuid", e,
				"mode %04o, owner %u:%u: "
				"any user who starts it runs it as %s",
				e->mode, e->uid, e->gid,
				e->mode & 04000 ? "its owner" : "its group");
	if ((file && (e->mode & 0002)) ||
	    (folder && (e->mode & 0002) && !(e->mode & 01000)))
		oci_lint_report(lint, "world-writable", e,
				"mode %04o: "
				"any user may change it",
				e->mode);
	if (e->type == OCI_ENTRY_CHARACTER_DEVICE ||
	    e->type == OCI_ENTRY_BLOCK_DEVICE)
		oci_lint_report(lint, "device-node", e, "it is a device");
}

static int fold(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int compare_folded(const void *a, const void *b)
{
	const char *l = (*(const struct oci_rootfs_entry *const *)a)->path;
	const char *r = (*(const struct oci_rootfs_entry *const *)b)->path;

	while (*l && fold((unsigned char)*l) == fold((unsigned char)*r)) {
		l++;
		r++;
	}
	return fold((unsigned char)*l) - fold((unsigned char)*r);
}

/* Sorts names that differ only in case next to each other. */
static int by_folded(const void *a, const void *b)
{
	int order = compare_folded(a, b);

	return order ? order :
	       strcmp((*(const struct oci_rootfs_entry *const *)a)->path,
		      (*(const struct oci_rootfs_entry *const *)b)->path);
}

/* Returns whether both have the same parent and names that differ only in
 * case. */
static bool collide(const struct oci_rootfs_entry *const *a,
		    const struct oci_rootfs_entry *const *b)
{
	size_t size = oci_path_parent((*a)->path);

	return compare_folded(a, b) == 0 &&
	       size == oci_path_parent((*b)->path) &&
	       strncmp((*a)->path, (*b)->path, size) == 0;
}

static int check_cases(struct oci_lint *lint, struct oci_error *err)
{
	size_t size = (lint->count + 1) * sizeof(*lint->entries);
	const struct oci_rootfs_entry **folded = malloc(size);

	if (!folded)
		return oci_fail_nomem(err);
	memcpy(folded, lint->entries, lint->count * sizeof(*folded));
	qsort(folded, lint->count, sizeof(*folded), by_folded);
	for (size_t i = 1; i < lint->count; i++)
		if (collide(&folded[i - 1], &folded[i]))
			oci_lint_report(lint, "case-collision", folded[i],
					"it differs from '/%s' only in case",
					folded[i - 1]->path);
	free(folded);
	return 0;
}

/* Returns whether an entry replaced one of the links of a merged /usr. Other
 * replaced links are the package's own business. */
static bool hides_merge(const struct oci_rootfs_entry *e)
{
	static const char *const links[] = {
		"bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr/sbin",
		"usr/lib64", "var/run", "var/lock",
	};

	if (!e->hid_link || e->type != OCI_ENTRY_DIRECTORY)
		return false;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (strcmp(e->path, links[i]) == 0)
			return true;
	return false;
}

int oci_lint_paths(struct oci_lint *lint, struct oci_error *err)
{
	check_folders(lint);
	for (size_t i = 0; i < lint->count; i++) {
		const struct oci_rootfs_entry *e = lint->entries[i];

		if (e->type == OCI_ENTRY_SYMLINK)
			check_link(lint, e);
		else
			check_mode(lint, e);
		if (hides_merge(e))
			oci_lint_report(lint, "usrmerge-shadowed", e,
					"a folder replaces a link of a lower "
					"layer: the files behind the link are "
					"hidden");
	}
	return check_cases(lint, err);
}
