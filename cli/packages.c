/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages that an image says it has: the status of dpkg (deb-control(5):
 * paragraphs of fields, sizes in KiB) and the installed database of apk
 * (paragraphs of one-letter fields, sizes in bytes).
 */
#include "packages.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *path;
	bool below; /* a folder with files that are databases */
	const char *name;
} databases[] = {
	{ "var/lib/dpkg/status", false, "dpkg" },
	{ "var/lib/dpkg/status.d/", true, "dpkg" },
	{ "lib/apk/db/installed", false, "apk" },
	{ "usr/lib/apk/db/installed", false, "apk" },
};

enum { DATABASES = sizeof(databases) / sizeof(databases[0]) };

static const char *database_of(const char *path)
{
	size_t size = strlen(path);

	for (int i = 0; i < DATABASES; i++) {
		size_t n = strlen(databases[i].path);

		if (databases[i].below
			    ? strncmp(path, databases[i].path, n) == 0
			    : strcmp(path, databases[i].path) == 0)
			return size > 8 && strcmp(path + size - 8,
						  ".md5sums") == 0
				       ? NULL
				       : databases[i].name;
	}
	return NULL;
}

bool packages_is_database(const char *path)
{
	return database_of(path) != NULL;
}

/* A field's value in a paragraph; borrowed. */
struct value {
	const char *text;
	size_t size;
};

struct paragraph {
	struct value name, version, architecture, bytes, status;
};

/* The field names of both databases. */
static const struct {
	const char *dpkg, *apk;
	size_t offset;
} fields[] = {
	{ "Package:", "P:", offsetof(struct paragraph, name) },
	{ "Version:", "V:", offsetof(struct paragraph, version) },
	{ "Architecture:", "A:", offsetof(struct paragraph, architecture) },
	{ "Installed-Size:", "I:", offsetof(struct paragraph, bytes) },
	{ "Status:", NULL, offsetof(struct paragraph, status) },
};

static void read_line(struct paragraph *p, bool apk, const char *line,
		      size_t size)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *name = apk ? fields[i].apk : fields[i].dpkg;
		size_t n = name ? strlen(name) : 0;
		struct value *value;

		if (!n || size < n || strncmp(line, name, n) != 0)
			continue;
		value = (struct value *)((char *)p + fields[i].offset);
		for (; n < size && line[n] == ' '; n++)
			;
		*value = (struct value){ line + n, size - n };
	}
}

/* The size in bytes; 0 if it is not a number. */
static uint64_t read_bytes(const struct value *value, bool apk)
{
	uint64_t number = 0;
	char text[24];

	if (!value->size || value->size >= sizeof(text))
		return 0;
	memcpy(text, value->text, value->size);
	text[value->size] = '\0';
	if (!parse_number(&number, text, UINT64_C(1) << 50))
		return 0;
	return apk ? number : number * 1024;
}

static bool is_installed(const struct value *status)
{
	static const char word[] = " installed";
	size_t n = sizeof(word) - 1;

	/* A package of status.d has no Status. */
	return !status->text ||
	       (status->size >= n &&
		memcmp(status->text + status->size - n, word, n) == 0);
}

static char *copy(const struct value *value)
{
	return strndup(value->text ? value->text : "", value->size);
}

static int add_package(struct packages *list, const struct paragraph *p,
		       const char *database, struct oci_error *err)
{
	struct package *items = list->items, *package;

	if (!p->name.size || !is_installed(&p->status))
		return 0;
	if (list->count == list->capacity) {
		size_t capacity = list->capacity * 2 + 64;

		items = realloc(items, capacity * sizeof(*items));
		if (!items)
			return fail_nomem(err);
		list->items = items;
		list->capacity = capacity;
	}
	package = &items[list->count++];
	*package = (struct package){
		.name = copy(&p->name),
		.version = copy(&p->version),
		.architecture = copy(&p->architecture),
		.bytes = read_bytes(&p->bytes, strcmp(database, "apk") == 0),
		.database = database,
	};
	return package->name && package->version && package->architecture
		       ? 0
		       : fail_nomem(err);
}

int packages_add(struct packages *list, const char *path, const char *text,
		 size_t size, struct oci_error *err)
{
	const char *database = database_of(path), *end = text + size;
	static const struct paragraph none;
	struct paragraph p = none;
	int rc = 0;

	while (!rc && text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop ? stop : end) - text);

		if (n)
			read_line(&p, strcmp(database, "apk") == 0, text, n);
		if (!n || !stop) {
			rc = add_package(list, &p, database, err);
			p = none;
		}
		text += n + 1;
	}
	return rc ? rc : add_package(list, &p, database, err);
}

static int by_name(const void *a, const void *b)
{
	const struct package *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	if (!order)
		order = strcmp(left->architecture, right->architecture);
	return order ? order : strcmp(left->version, right->version);
}

void packages_sort(struct packages *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_name);
}

void packages_release(struct packages *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].name);
		free(list->items[i].version);
		free(list->items[i].architecture);
	}
	free(list->items);
	*list = (struct packages){ 0 };
}
