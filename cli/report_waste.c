/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that an image ships in vain: files that a later layer hides, and files
 * with the same bytes as another one.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* Items that are listed; all items are counted. */
enum { HIDDEN_MAX = 200, GROUPS_MAX = 100, PATHS_MAX = 20 };

static int compare_places(const struct report_file *a,
			  const struct report_file *b)
{
	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	return strcmp(a->path, b->path);
}

/* The largest first, equal files one after the other. */
static int by_content(const void *a, const void *b)
{
	const struct report_file *left = *(const struct report_file *const *)a;
	const struct report_file *right = *(const struct report_file *const *)b;
	int order;

	if (left->size != right->size)
		return left->size < right->size ? 1 : -1;
	order = memcmp(left->hash, right->hash, sizeof(left->hash));
	return order ? order : compare_places(left, right);
}

static void say_hidden(FILE *out, const struct report_file *const *sorted,
		       size_t count)
{
	uint64_t bytes = 0;
	size_t n = 0;

	say(out, "\"hidden\":[");
	for (size_t i = 0; i < count; i++) {
		const struct report_file *file = sorted[i];

		if (!file->by)
			continue;
		bytes += file->size;
		if (n++ >= HIDDEN_MAX)
			continue;
		say(out, "%s[", n > 1 ? "," : "");
		say_json_path(out, file->path);
		say(out, ",%u,%llu,%u]", file->layer,
		    (unsigned long long)file->size,
		    file->by == REPORT_DELETED ? 0 : file->by);
	}
	say(out, "],\"hiddenCount\":%zu,\"hiddenBytes\":%llu", n,
	    (unsigned long long)bytes);
}

/* Files with the same bytes: the array [SIZE, COUNT, [LAYER, PATH, ...]]. */
struct group {
	const struct report_file *const *files;
	size_t count;
	uint64_t extra; /* bytes of all but one */
};

static int by_extra(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->extra != right->extra)
		return left->extra < right->extra ? 1 : -1;
	return compare_places(left->files[0], right->files[0]);
}

static void say_group(FILE *out, const struct group *group)
{
	say(out, "[%llu,%zu,[", (unsigned long long)group->files[0]->size,
	    group->count);
	for (size_t i = 0; i < group->count && i < PATHS_MAX; i++) {
		say(out, "%s%u,", i ? "," : "", group->files[i]->layer);
		say_json_path(out, group->files[i]->path);
	}
	say(out, "]]");
}

static bool is_same(const struct report_file *a, const struct report_file *b)
{
	return a->size == b->size &&
	       memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

/* Finds the groups of at least two files. Returns their number. */
static size_t find_groups(struct group *groups,
			  const struct report_file *const *sorted, size_t count)
{
	size_t found = 0;

	for (size_t i = 0, n; i < count && sorted[i]->size; i += n) {
		for (n = 1; i + n < count && is_same(sorted[i], sorted[i + n]);
		     n++)
			;
		if (n > 1)
			groups[found++] = (struct group){
				sorted + i,
				n,
				sorted[i]->size * (n - 1),
			};
	}
	if (found)
		qsort(groups, found, sizeof(*groups), by_extra);
	return found;
}

static void say_groups(FILE *out, const struct group *groups, size_t count)
{
	uint64_t bytes = 0;

	say(out, ",\"duplicates\":[");
	for (size_t i = 0; i < count; i++) {
		bytes += groups[i].extra;
		if (i >= GROUPS_MAX)
			continue;
		say(out, "%s", i ? "," : "");
		say_group(out, &groups[i]);
	}
	say(out, "],\"duplicateCount\":%zu,\"duplicateBytes\":%llu", count,
	    (unsigned long long)bytes);
}

int report_say_waste(FILE *out, const struct report_image *image,
		     struct oci_error *err)
{
	const struct report_file **sorted =
		malloc((image->count + 1) * sizeof(*sorted));
	struct group *groups = malloc((image->count / 2 + 1) * sizeof(*groups));
	int rc = sorted && groups ? 0 : fail_nomem(err);

	for (size_t i = 0; !rc && i < image->count; i++)
		sorted[i] = &image->items[i];
	if (!rc) {
		if (image->count)
			qsort(sorted, image->count, sizeof(*sorted),
			      by_content);
		say_hidden(out, sorted, image->count);
		say_groups(out, groups,
			   find_groups(groups, sorted, image->count));
	}
	free(groups);
	free(sorted);
	return rc;
}
