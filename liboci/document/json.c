/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Helpers to read and write documents. Objects keep the order in which members
 * were set, which makes the bytes reproducible.
 */
#include "document/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/wipe.h"

static int fail_parse(const json_error_t *why, const json_error_t *again,
		      struct oci_error *err)
{
	/* If memory runs out, jansson gives no text or stops at another
	 * position. */
	if (why->line < 0 || again->line < 0 ||
	    why->position != again->position)
		return oci_fail_nomem(err);
	return oci_fail(err, OCI_E_INVALID, "not JSON: line %d, column %d: %s",
			why->line, why->column, why->text);
}

/* Documents may hold tokens and passwords, of which jansson makes copies.
 * Leaves the functions of a program that has set its own. */
static void wipe_what_is_freed(void)
{
	json_malloc_t allocate;
	json_free_t release;

	json_get_alloc_funcs(&allocate, &release);
	if (allocate == malloc && release == free)
		json_set_alloc_funcs(malloc, oci_wipe_free);
}

/* If memory runs out, jansson's scanner may silently drop a character, so the
 * text is parsed twice and compared. */
int oci_json_load_any(json_t **out, const char *json, size_t size,
		      struct oci_error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	json_error_t why = { 0 }, why_again = { 0 };
	json_t *again;
	int rc = oci_json_check_size(json, size, err);

	pthread_once(&once, wipe_what_is_freed);
	*out = NULL;
	if (rc)
		return rc;
	*out = json_loadb(json, size, JSON_REJECT_DUPLICATES, &why);
	again = json_loadb(json, size, JSON_REJECT_DUPLICATES, &why_again);
	if (!*out && !again)
		rc = fail_parse(&why, &why_again, err);
	else if (!json_equal(*out, again))
		rc = oci_fail_nomem(err);
	json_decref(again);
	if (rc) {
		json_decref(*out);
		*out = NULL;
	}
	return rc;
}

int oci_json_load(json_t **out, const char *json, size_t size,
		  struct oci_error *err)
{
	int rc = oci_json_load_any(out, json, size, err);

	if (rc || json_is_object(*out))
		return rc;
	json_decref(*out);
	*out = NULL;
	return oci_fail(err, OCI_E_INVALID, "not a JSON object");
}

int oci_json_dump(char **out, const json_t *json, struct oci_error *err)
{
	return oci_json_dump_as(out, json, JSON_COMPACT, err);
}

/* If memory runs out, json_dumps silently drops a piece, so the buffer is
 * allocated first. */
int oci_json_dump_as(char **out, const json_t *json, size_t flags,
		     struct oci_error *err)
{
	size_t size = json_dumpb(json, NULL, 0, flags);

	*out = size ? malloc(size + 1) : NULL;
	if (!*out)
		return oci_fail_nomem(err);
	if (json_dumpb(json, *out, size, flags) == size) {
		(*out)[size] = '\0';
		return 0;
	}
	free(*out);
	*out = NULL;
	return oci_fail_nomem(err);
}

static int wrong_type(const char *name, const char *expected,
		      struct oci_error *err)
{
	return oci_fail(err, OCI_E_INVALID, "member '%s' is not %s", name,
			expected);
}

/* Returns the member; NULL if it is absent or null. */
static const json_t *member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_null(value) ? NULL : value;
}

int oci_json_text(char **out, const json_t *object, const char *name,
		  struct oci_error *err)
{
	const json_t *value = member(object, name);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return wrong_type(name, "a string", err);
	return oci_text_set(out, json_string_value(value), err);
}

int oci_json_integer(int64_t *out, const json_t *object, const char *name,
		     struct oci_error *err)
{
	const json_t *value = member(object, name);

	if (!value)
		return 0;
	if (!json_is_integer(value))
		return wrong_type(name, "an integer", err);
	*out = json_integer_value(value);
	return 0;
}

int oci_json_flag(bool *out, const json_t *object, const char *name,
		  struct oci_error *err)
{
	const json_t *value = member(object, name);

	if (!value)
		return 0;
	if (!json_is_boolean(value))
		return wrong_type(name, "true or false", err);
	*out = json_is_true(value);
	return 0;
}

int oci_json_object(const json_t **out, const json_t *object, const char *name,
		    struct oci_error *err)
{
	*out = member(object, name);
	if (*out && !json_is_object(*out))
		return wrong_type(name, "an object", err);
	return 0;
}

int oci_json_array(const json_t **out, const json_t *object, const char *name,
		   struct oci_error *err)
{
	*out = member(object, name);
	if (*out && !json_is_array(*out))
		return wrong_type(name, "an array", err);
	return 0;
}

int oci_json_strings(struct oci_strings *out, const json_t *object,
		     const char *name, struct oci_error *err)
{
	const json_t *array;
	int rc = oci_json_array(&array, object, name, err);

	for (size_t i = 0; !rc && i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);

		if (!json_is_string(item))
			return wrong_type(name, "an array of strings", err);
		rc = oci_strings_add(out, json_string_value(item), err);
	}
	return rc;
}

int oci_json_keys(struct oci_strings *out, const json_t *object,
		  const char *name, struct oci_error *err)
{
	const json_t *map;
	int rc = oci_json_object(&map, object, name, err);
	void *iter = map ? json_object_iter((json_t *)map) : NULL;

	for (; !rc && iter; iter = json_object_iter_next((json_t *)map, iter))
		rc = oci_strings_add(out, json_object_iter_key(iter), err);
	return rc;
}

/* Keys and values are borrowed. */
static int list_pairs(struct oci_pair *out, const json_t *map,
		      const char *name, struct oci_error *err)
{
	void *iter = json_object_iter((json_t *)map);

	for (; iter; iter = json_object_iter_next((json_t *)map, iter)) {
		const json_t *value = json_object_iter_value(iter);

		if (!json_is_string(value))
			return wrong_type(name, "an object of strings", err);
		*out++ = (struct oci_pair){
			.key = (char *)json_object_iter_key(iter),
			.value = (char *)json_string_value(value),
		};
	}
	return 0;
}

int oci_json_pairs(struct oci_pairs *out, const json_t *object,
		   const char *name, struct oci_error *err)
{
	const json_t *map;
	struct oci_pair *list;
	int rc = oci_json_object(&map, object, name, err);
	size_t count = json_object_size(map);

	if (rc || !count)
		return rc;
	list = calloc(count, sizeof(*list));
	if (!list)
		return oci_fail_nomem(err);
	rc = list_pairs(list, map, name, err);
	if (!rc)
		rc = oci_pairs_merge(out, list, count, err);
	free(list);
	return rc;
}

int oci_json_set(json_t *object, const char *name, json_t *value,
		 struct oci_error *err)
{
	if (!value)
		return oci_fail_nomem(err);
	if (json_object_set_new(object, name, value) != 0)
		return oci_fail_nomem(err);
	return 0;
}

int oci_json_string(json_t **out, const char *name, const char *text,
		    struct oci_error *err)
{
	*out = NULL;
	if (!oci_utf8_valid(text, strlen(text)))
		return oci_fail(err, OCI_E_INVALID,
				"member '%s' would not be UTF-8", name);
	*out = json_string(text);
	return *out ? 0 : oci_fail_nomem(err);
}

int oci_json_append(json_t *array, json_t *value, struct oci_error *err)
{
	if (json_array_append_new(array, value) != 0)
		return oci_fail_nomem(err);
	return 0;
}

int oci_json_set_text(json_t *object, const char *name, const char *text,
		      struct oci_error *err)
{
	json_t *value;
	int rc;

	if (!text || !*text)
		return 0;
	rc = oci_json_string(&value, name, text, err);
	return rc ? rc : oci_json_set(object, name, value, err);
}

int oci_json_set_integer(json_t *object, const char *name, int64_t value,
			 struct oci_error *err)
{
	return oci_json_set(object, name, json_integer(value), err);
}

/* Fills an array; name is for messages. */
static int append_strings(json_t *array, const char *name,
			  const struct oci_strings *list, struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i++) {
		json_t *value;

		rc = oci_json_string(&value, name, list->items[i], err);
		if (!rc)
			rc = oci_json_append(array, value, err);
	}
	return rc;
}

int oci_json_set_strings(json_t *object, const char *name,
			 const struct oci_strings *list, struct oci_error *err)
{
	json_t *array;
	int rc;

	if (!list->count)
		return 0;
	array = json_array();
	rc = oci_json_set(object, name, array, err);
	return rc ? rc : append_strings(array, name, list, err);
}

int oci_json_list(char **out, const struct oci_strings *list,
		  struct oci_error *err)
{
	json_t *array = json_array();
	int rc = array ? append_strings(array, "list", list, err)
		       : oci_fail_nomem(err);

	*out = NULL;
	if (!rc)
		rc = oci_json_dump(out, array, err);
	json_decref(array);
	return rc;
}

static int check_key(const char *name, const char *key, struct oci_error *err)
{
	if (oci_utf8_valid(key, strlen(key)))
		return 0;
	return oci_fail(err, OCI_E_INVALID,
			"a key of member '%s' would not be UTF-8", name);
}

int oci_json_set_keys(json_t *object, const char *name,
		      const struct oci_strings *list, struct oci_error *err)
{
	json_t *map;
	int rc;

	if (!list->count)
		return 0;
	map = json_object();
	rc = oci_json_set(object, name, map, err);
	for (size_t i = 0; !rc && i < list->count; i++) {
		rc = check_key(name, list->items[i], err);
		if (!rc)
			rc = oci_json_set(map, list->items[i], json_object(),
					  err);
	}
	return rc;
}

int oci_json_set_pairs(json_t *object, const char *name,
		       const struct oci_pairs *map, struct oci_error *err)
{
	json_t *members;
	int rc;

	if (!map->count)
		return 0;
	members = json_object();
	rc = oci_json_set(object, name, members, err);
	for (size_t i = 0; !rc && i < map->count; i++) {
		const struct oci_pair *pair = &map->items[i];
		json_t *value;

		rc = check_key(name, pair->key, err);
		if (!rc)
			rc = oci_json_string(&value, name, pair->value, err);
		if (!rc)
			rc = oci_json_set(members, pair->key, value, err);
	}
	return rc;
}
