/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the file system from the pattern's leading parts without wildcards, and
 * enters a folder only if something in it can match. Names are sorted first, so
 * that the order of the file system does not matter. "*" also matches names
 * that start with a dot.
 */
#include "spec/pattern.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/glob.h"
#include "base/path.h"

struct walk {
	struct oci_strings *out;
	const char *folder; /* "" for "." */
	char pattern[OCI_PATH_MAX];
	char path[OCI_PATH_MAX]; /* present path */
	size_t parts;
	bool deep;
};

static size_t count_parts(const char *path)
{
	size_t count = *path != '\0';

	for (; *path; path++)
		count += *path == '/';
	return count;
}

/* Drops empty and "." parts, except the "/" of an absolute pattern. */
static int set_pattern(struct walk *w, const char *pattern,
		       struct oci_error *err)
{
	size_t used = 0;

	if (strlen(pattern) >= sizeof(w->pattern))
		return oci_fail(err, OCI_E_LIMIT,
				"'%.80s...' is longer than "
				"%d bytes",
				pattern, OCI_PATH_MAX - 1);
	if (*pattern == '/')
		w->pattern[used++] = '/';
	while (*pattern) {
		size_t size = strcspn(pattern, "/");
		bool empty = size == 0 || (size == 1 && *pattern == '.');

		if (!empty && used && w->pattern[used - 1] != '/')
			w->pattern[used++] = '/';
		memcpy(w->pattern + used, pattern, empty ? 0 : size);
		used += empty ? 0 : size;
		if (!empty && size == 2 && memcmp(pattern, "**", 2) == 0)
			w->deep = true;
		pattern += size + (pattern[size] == '/');
	}
	w->pattern[used] = '\0';
	w->parts = count_parts(w->pattern);
	return 0;
}

/* Joins "DIR/NAME" with one slash. out must not be dir or name. */
static int join(char out[OCI_PATH_MAX], const char *dir, const char *name,
		struct oci_error *err)
{
	size_t size = strlen(dir);
	bool slash = size && *name && dir[size - 1] != '/';
	int n = snprintf(out, OCI_PATH_MAX, "%s%s%s", dir, slash ? "/" : "",
			 name);

	if (n < 0 || n >= OCI_PATH_MAX)
		return oci_fail(err, OCI_E_LIMIT,
				"path '%.80s.../%.80s' is too long", dir, name);
	return 0;
}

/* Sets w->path to the path on disk of a path relative to the folder. */
static int locate(struct walk *w, const char *relative, struct oci_error *err)
{
	if (!*relative && !*w->folder)
		return join(w->path, ".", "", err);
	return join(w->path, *relative == '/' ? "" : w->folder, relative, err);
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int read_names(struct oci_strings *names, const char *path,
		      struct oci_error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (!dir && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!dir)
		return oci_fail_errno(err, "open '%s'", path);
	while (!rc && (errno = 0, entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = oci_strings_add(names, entry->d_name, err);
	if (!rc && errno)
		rc = oci_fail_errno(err, "read '%s'", path);
	closedir(dir);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items),
		      compare);
	return rc;
}

static bool is_folder(const char *path, bool follow)
{
	struct stat st;

	return (follow ? stat(path, &st) : lstat(path, &st)) == 0 &&
	       S_ISDIR(st.st_mode);
}

static int walk(struct walk *w, const char *relative, struct oci_error *err);

static int visit(struct walk *w, const char *relative, struct oci_error *err)
{
	bool match = oci_glob_match(w->pattern, relative);
	bool enter = oci_glob_below(w->pattern, relative) &&
		     (w->deep || count_parts(relative) < w->parts);
	int rc;

	if (!match && !enter)
		return 0;
	rc = locate(w, relative, err);
	if (rc)
		return rc;
	/* With "**", links to parent folders would form a loop. */
	enter = enter && is_folder(w->path, !w->deep);
	if (match && !(w->deep && is_folder(w->path, true)))
		rc = oci_strings_add(w->out, w->path, err);
	if (!rc && enter)
		rc = walk(w, relative, err);
	return rc;
}

static int walk(struct walk *w, const char *relative, struct oci_error *err)
{
	struct oci_strings names = { 0 };
	char *child = malloc(OCI_PATH_MAX);
	int rc = child ? locate(w, relative, err) : oci_fail_nomem(err);

	if (!rc)
		rc = read_names(&names, w->path, err);
	for (size_t i = 0; !rc && i < names.count; i++) {
		rc = join(child, relative, names.items[i], err);
		if (!rc)
			rc = visit(w, child, err);
	}
	oci_strings_release(&names);
	free(child);
	return rc;
}

/* Copies the leading parts of a pattern that have no wildcards. */
static void literal_head(char out[OCI_PATH_MAX], const char *pattern)
{
	size_t used = 0, magic = strcspn(pattern, "*?[\\");

	for (size_t i = 0; i < magic; i++)
		if (pattern[i] == '/')
			used = i + (i == 0); /* the root keeps its slash */
	memcpy(out, pattern, used);
	out[used] = '\0';
}

int oci_pattern_find(struct oci_strings *out, const char *folder,
		     const char *pattern, struct oci_error *err)
{
	struct walk *w = calloc(1, sizeof(*w));
	char head[OCI_PATH_MAX];
	size_t start = out->count;
	int rc;

	if (!w)
		return oci_fail_nomem(err);
	w->out = out;
	w->folder = strcmp(folder, ".") == 0 ? "" : folder;
	rc = set_pattern(w, pattern, err);
	if (!rc && !oci_glob_magic(w->pattern)) {
		rc = locate(w, w->pattern, err);
		if (!rc)
			rc = oci_strings_add(out, w->path, err);
	} else if (!rc) {
		literal_head(head, w->pattern);
		rc = walk(w, head, err);
	}
	if (!rc && out->count > start)
		qsort(out->items + start, out->count - start,
		      sizeof(*out->items), compare);
	free(w);
	return rc;
}
