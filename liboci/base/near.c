/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suggests a file for a path that does not exist: one in the same folder with a
 * similar name, or the spec of that name if the extension is YAML's or JSON's.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <oci/text.h>

enum { ENTRIES_MAX = 10000 };

static bool has_same_stem(const char *a, const char *b)
{
	size_t size = strcspn(a, ".");

	return size && a[size] && b[size] && size == strcspn(b, ".") &&
	       strncmp(a, b, size) == 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(struct oci_strings *out, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return 0;
	while (!rc && out->count < ENTRIES_MAX && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = oci_strings_add(out, entry->d_name, NULL);
	closedir(dir);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare);
	return rc;
}

/* Finds a file of the same name with the extension ".spec". */
static const char *find_spec(const struct oci_strings *names, const char *name)
{
	static const char *const tails[] = { ".yml", ".yaml", ".json" };
	const char *tail = strrchr(name, '.');

	for (size_t i = 0; tail && i < 3; i++)
		for (size_t j = 0; j < names->count; j++)
			if (strcmp(tail, tails[i]) == 0 &&
			    has_same_stem(names->items[j], name) &&
			    strcmp(strchr(names->items[j], '.'), ".spec") == 0)
				return names->items[j];
	return NULL;
}

static const char *choose(const struct oci_strings *names, const char *name)
{
	const char *near = find_spec(names, name);

	if (!near)
		near = oci_text_nearest((const char *const *)names->items,
					names->count, name);
	return near;
}

static char *join(const char *folder, size_t size, const char *name)
{
	size_t n = strlen(name) + 1;
	char *out = malloc(size + n);

	if (!out)
		return NULL;
	memcpy(out, folder, size);
	memcpy(out + size, name, n);
	return out;
}

char *oci_text_nearest_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t size = slash ? (size_t)(slash - path) + 1 : 0;
	struct oci_strings names = { 0 };
	char *folder = size ? strndup(path, size) : strdup(".");
	char *found = NULL;
	const char *name;

	if (folder && list(&names, folder) == 0 && names.count) {
		name = choose(&names, path + size);
		if (name)
			found = join(path, size, name);
	}
	oci_strings_release(&names);
	free(folder);
	return found;
}
