/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ld.so.conf (ldconfig(8)) and ld-musl-ARCH.path. */
#include "lint/elf_conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/glob.h"
#include "base/text.h"

/* Files may include each other in a loop, and the cost of globs is the number
 * of globs times the number of names in the image. */
enum {
	FILE_MAX = 1024 * 1024, DEPTH_MAX = 4, FOLDERS_MAX = 1000,
	PATTERNS_MAX = 64, FILES_MAX = 1000, STEPS_MAX = 50 * 1000 * 1000
};

struct reading {
	struct oci_strings *out;
	struct oci_lint *lint;
	unsigned patterns; /* globs so far */
	unsigned files;	   /* files read so far */
	uint64_t steps;	   /* products of the lengths of globs and paths */
};

static int read_conf(struct reading *r, const struct oci_rootfs_entry *entry,
		     int depth, struct oci_error *err);

/* Handles "include /etc/ld.so.conf.d/ *.conf", relative to the file's
 * folder. */
static int include(struct reading *r, const struct oci_rootfs_entry *from,
		   const char *pattern, int depth, struct oci_error *err)
{
	char parent[OCI_PATH_MAX], glob[OCI_PATH_MAX];
	size_t size = oci_path_parent(from->path);
	size_t head;
	int rc = 0;

	memcpy(parent, from->path, size);
	parent[size] = '\0';
	if (oci_path_join(glob, pattern[0] == '/' ? "" : parent,
			  pattern + strspn(pattern, "/"), NULL) ||
	    ++r->patterns > PATTERNS_MAX)
		return 0;
	head = strcspn(glob, "*?[\\");
	for (size_t i = 0; !rc && i < r->lint->count; i++) {
		const struct oci_rootfs_entry *e = r->lint->entries[i];

		/* Fast path: most names differ before the first wildcard. */
		if (strncmp(glob, e->path, head) != 0)
			continue;
		r->steps += (uint64_t)strlen(glob) * strlen(e->path);
		if (r->steps > STEPS_MAX)
			return oci_fail(err, OCI_E_LIMIT,
					"the globs of '/%s' "
					"take more than %d steps, the most",
					from->path, STEPS_MAX);
		if (!oci_glob_match(glob, e->path))
			continue;
		e = oci_lint_find(r->lint, e->path);
		if (e && e->type == OCI_ENTRY_FILE)
			rc = read_conf(r, e, depth + 1, err);
	}
	return rc;
}

static int read_line(struct reading *r, const struct oci_rootfs_entry *from,
		     char *line, int depth, struct oci_error *err)
{
	char *word, *rest = line;

	line[strcspn(line, "#")] = '\0';
	word = strtok_r(line, " \t\r,:=", &rest);
	if (!word || r->out->count >= FOLDERS_MAX)
		return 0;
	if (strcmp(word, "include") == 0) {
		for (word = strtok_r(NULL, " \t\r", &rest); word;
		     word = strtok_r(NULL, " \t\r", &rest)) {
			int rc = include(r, from, word, depth, err);

			if (rc)
				return rc;
		}
		return 0;
	}
	return word[0] == '/' ? oci_strings_add(r->out, word, err) : 0;
}

static int read_conf(struct reading *r, const struct oci_rootfs_entry *entry,
		     int depth, struct oci_error *err)
{
	char *text, *line, *rest;
	size_t size;
	int rc;

	if (depth > DEPTH_MAX || ++r->files > FILES_MAX)
		return 0;
	rc = oci_lint_load(&text, &size, entry, FILE_MAX, err);
	if (rc)
		return rc;
	for (line = strtok_r(text, "\n", &rest); !rc && line;
	     line = strtok_r(NULL, "\n", &rest))
		rc = read_line(r, entry, line, depth, err);
	free(text);
	return rc;
}

int oci_conf_glibc(struct oci_strings *out, struct oci_lint *lint,
		   struct oci_error *err)
{
	struct reading r = { .out = out, .lint = lint };
	const struct oci_rootfs_entry *conf =
		oci_lint_find(lint, "/etc/ld.so.conf");

	if (!conf || conf->type != OCI_ENTRY_FILE ||
	    !oci_lint_find(lint, "/etc/ld.so.cache"))
		return 0;
	return read_conf(&r, conf, 0, err);
}

static int split(struct oci_strings *out, char *text, struct oci_error *err)
{
	char *word, *rest;
	int rc = 0;

	for (word = strtok_r(text, ":\n", &rest); !rc && word;
	     word = strtok_r(NULL, ":\n", &rest))
		if (word[0] == '/' && out->count < FOLDERS_MAX)
			rc = oci_strings_add(out, word, err);
	return rc;
}

int oci_conf_musl(struct oci_strings *out, struct oci_lint *lint,
		  const char *arch, struct oci_error *err)
{
	char usual[] = "/lib:/usr/local/lib:/usr/lib", path[64];
	const struct oci_rootfs_entry *e;
	size_t size;
	char *text;
	int rc;

	snprintf(path, sizeof(path), "/etc/ld-musl-%s.path", arch);
	e = oci_lint_find(lint, path);
	if (!e || e->type != OCI_ENTRY_FILE)
		return split(out, usual, err);
	rc = oci_lint_load(&text, &size, e, FILE_MAX, err);
	if (!rc)
		rc = split(out, text, err);
	free(text);
	return rc;
}
