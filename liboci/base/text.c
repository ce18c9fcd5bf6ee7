/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and maps of strings: see oci/text.h. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/wipe.h"

int oci_text_copy(char **out, const char *text, struct oci_error *err)
{
	size_t size = strlen(text) + 1;

	*out = malloc(size);
	if (!*out)
		return oci_fail_nomem(err);
	memcpy(*out, text, size);
	return 0;
}

int oci_text_set(char **field, const char *text, struct oci_error *err)
{
	char *copy = NULL;
	int rc = text ? oci_text_copy(&copy, text, err) : 0;

	if (rc)
		return rc;
	free(*field);
	*field = copy;
	return 0;
}

int oci_strings_add(struct oci_strings *list, const char *text,
		    struct oci_error *err)
{
	char **items = oci_array_grow(list->items, &list->capacity,
				      list->count + 1, sizeof(*items));
	int rc;

	if (!items)
		return oci_fail_nomem(err);
	list->items = items;
	rc = oci_text_copy(&items[list->count], text, err);
	if (!rc)
		list->count++;
	return rc;
}

void oci_strings_release(struct oci_strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct oci_strings){0};
}

void oci_text_wipe(char *text)
{
	oci_wipe_free(text);
}

void oci_strings_wipe(struct oci_strings *list)
{
	for (size_t i = 0; i < list->count; i++) {
		oci_text_wipe(list->items[i]);
		list->items[i] = NULL;
	}
	oci_strings_release(list);
}

bool oci_strings_has(const struct oci_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

/* Returns the index of key, or of the place where it would be inserted. */
static size_t find(const struct oci_pairs *map, const char *key, int *equal)
{
	size_t low = 0, high = map->count;

	*equal = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(map->items[middle].key, key);

		if (order == 0) {
			*equal = 1;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int insert(struct oci_pairs *map, size_t at, const char *key,
		  const char *value, struct oci_error *err)
{
	struct oci_pair *items = oci_array_grow(map->items, &map->capacity,
						map->count + 1, sizeof(*items));
	struct oci_pair pair = {0};
	int rc;

	if (!items)
		return oci_fail_nomem(err);
	map->items = items;
	rc = oci_text_copy(&pair.key, key, err);
	if (!rc)
		rc = oci_text_copy(&pair.value, value, err);
	if (rc) {
		free(pair.key);
		return rc;
	}
	memmove(items + at + 1, items + at,
		(map->count - at) * sizeof(*items));
	items[at] = pair;
	map->count++;
	return 0;
}

int oci_pairs_set(struct oci_pairs *map, const char *key, const char *value,
		  struct oci_error *err)
{
	int equal;
	size_t at = find(map, key, &equal);

	if (equal)
		return oci_text_set(&map->items[at].value, value, err);
	return insert(map, at, key, value, err);
}

/* Sorts by key; of equal keys, the later one comes first. */
static int by_key(const void *a, const void *b)
{
	const struct oci_pair *const *left = a, *const *right = b;
	int order = strcmp((*left)->key, (*right)->key);

	return order ? order : (*left < *right) - (*left > *right);
}

/* Merges two sorted lists; of equal keys, the first one in `sorted` is used. */
static int merge(struct oci_pairs *out, const struct oci_pairs *map,
		 const struct oci_pair **sorted, size_t count,
		 struct oci_error *err)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (!rc && (i < map->count || j < count)) {
		int order = j == count ? -1 : i == map->count ? 1 :
			strcmp(map->items[i].key, sorted[j]->key);
		const struct oci_pair *next = order < 0 ? &map->items[i] :
							  sorted[j];

		rc = insert(out, out->count, next->key, next->value, err);
		i += order <= 0;
		while (order >= 0 && j < count &&
		       strcmp(sorted[j]->key, next->key) == 0)
			j++;
	}
	return rc;
}

int oci_pairs_merge(struct oci_pairs *map, const struct oci_pair *from,
		    size_t count, struct oci_error *err)
{
	const struct oci_pair **sorted;
	struct oci_pairs out = {0};
	int rc;

	if (!count)
		return 0;
	sorted = calloc(count, sizeof(*sorted));
	if (!sorted)
		return oci_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		sorted[i] = &from[i];
	qsort(sorted, count, sizeof(*sorted), by_key);
	rc = merge(&out, map, sorted, count, err);
	free(sorted);
	if (rc) {
		oci_pairs_release(&out);
		return rc;
	}
	oci_pairs_release(map);
	*map = out;
	return 0;
}

const char *oci_pairs_get(const struct oci_pairs *map, const char *key)
{
	int equal;
	size_t at = find(map, key, &equal);

	return equal ? map->items[at].value : NULL;
}

void oci_pairs_remove(struct oci_pairs *map, const char *key)
{
	int equal;
	size_t at = find(map, key, &equal);

	if (!equal)
		return;
	free(map->items[at].key);
	free(map->items[at].value);
	map->count--;
	memmove(&map->items[at], &map->items[at + 1],
		(map->count - at) * sizeof(*map->items));
}

void oci_pairs_release(struct oci_pairs *map)
{
	for (size_t i = 0; i < map->count; i++) {
		free(map->items[i].key);
		free(map->items[i].value);
	}
	free(map->items);
	*map = (struct oci_pairs){0};
}
