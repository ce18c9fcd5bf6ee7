/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a layer as a compact tree. A folder is a JSON array:
 *
 *   [NAME, [FOLDER, ...], [FILE, SIZE, FILE, SIZE, ...], BYTES, COUNT]
 *
 * SIZE is negative if a later layer deletes or replaces the file. BYTES and
 * COUNT are those of small files in the folder and below it that are not listed
 * by themselves. Both are left out if there are none.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* Files that are listed; the smallest of more are summed up. Folders that are
 * nested deeper are summed up, too. */
enum { LISTED_MAX = 40000, DEPTH_MAX = 64 };

static int by_size(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? 1 : -(left > right);
}

uint64_t report_least_size(const struct report_image *image, bool *ok)
{
	uint64_t *sizes, least;

	*ok = true;
	if (image->count <= LISTED_MAX)
		return 0;
	sizes = malloc(image->count * sizeof(*sizes));
	*ok = sizes != NULL;
	if (!sizes)
		return 0;
	for (size_t i = 0; i < image->count; i++)
		sizes[i] = image->items[i].size;
	qsort(sizes, image->count, sizeof(*sizes), by_size);
	/* Files of equal size are treated alike. */
	least = sizes[LISTED_MAX] + 1;
	free(sizes);
	return least;
}

struct tree {
	FILE *out;
	uint64_t least;
};

/* Neighbours in the order of paths that are in the same folder. */
struct range {
	const struct report_file *items;
	size_t count;
	size_t skip; /* bytes of a path up to the name in the folder */
};

struct rest {
	uint64_t bytes;
	size_t count;
};

static void add_rest(struct rest *rest, const struct report_file *file)
{
	rest->bytes += file->size;
	rest->count++;
}

/* The number of items from i on that are below the same folder, whose name has
 * size bytes. */
static size_t count_below(const struct range *r, size_t i, size_t size)
{
	const char *name = r->items[i].path + r->skip;
	size_t n = 1;

	while (i + n < r->count &&
	       strncmp(r->items[i + n].path + r->skip, name, size + 1) == 0)
		n++;
	return n;
}

static bool has_listed(const struct tree *t, const struct report_file *items,
		       size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].size >= t->least)
			return true;
	return false;
}

static void say_name(FILE *out, const char *name, size_t size)
{
	char text[4096];

	size = size < sizeof(text) ? size : sizeof(text) - 1;
	memcpy(text, name, size);
	text[size] = '\0';
	say_json(out, text);
}

static void say_folder(const struct tree *t, const struct range *r,
		       unsigned depth);

static void say_folders(const struct tree *t, const struct range *r,
			unsigned depth, struct rest *rest)
{
	bool first = true;

	for (size_t i = 0, n; i < r->count; i += n) {
		const char *name = r->items[i].path + r->skip;
		size_t size = strcspn(name, "/");
		struct range below = { r->items + i, 1, r->skip + size + 1 };

		n = 1;
		if (!name[size])
			continue;
		below.count = n = count_below(r, i, size);
		if (depth == DEPTH_MAX ||
		    !has_listed(t, below.items, below.count)) {
			for (size_t k = 0; k < n; k++)
				add_rest(rest, &below.items[k]);
			continue;
		}
		say(t->out, "%s[", first ? "" : ",");
		say_name(t->out, name, size);
		say_folder(t, &below, depth + 1);
		first = false;
	}
}

/* Writes what comes after a folder's name, and the closing bracket. */
static void say_folder(const struct tree *t, const struct range *r,
		       unsigned depth)
{
	struct rest rest = { 0 };
	bool first = true;

	say(t->out, ",[");
	say_folders(t, r, depth, &rest);
	say(t->out, "],[");
	for (size_t i = 0; i < r->count; i++) {
		const struct report_file *file = &r->items[i];

		if (strchr(file->path + r->skip, '/'))
			continue;
		if (file->size < t->least) {
			add_rest(&rest, file);
			continue;
		}
		say(t->out, "%s", first ? "" : ",");
		say_json(t->out, file->path + r->skip);
		say(t->out, ",%s%llu", file->by ? "-" : "",
		    (unsigned long long)file->size);
		first = false;
	}
	say(t->out, "]");
	if (rest.count)
		say(t->out, ",%llu,%zu", (unsigned long long)rest.bytes,
		    rest.count);
	say(t->out, "]");
}

void report_say_tree(FILE *out, const struct report_image *image,
		     unsigned layer, uint64_t least)
{
	const struct tree t = { out, least };
	struct range r = { image->items, 0, 0 };
	size_t at = 0;

	while (at < image->count && image->items[at].layer < layer)
		at++;
	while (at + r.count < image->count &&
	       image->items[at + r.count].layer == layer)
		r.count++;
	if (r.count)
		r.items += at;
	say(out, "[\"\"");
	say_folder(&t, &r, 0);
}
