/* SPDX-License-Identifier: Apache-2.0 */
#include "values.h"

#include <stdlib.h>
#include <string.h>

/* Reads the size bytes at text. */
static int add_platform(struct platforms *out, const struct parse *parse,
			const char *text, size_t size)
{
	struct oci_platform platform, *items;
	struct oci_error err;
	char *one = strndup(text, size);
	int rc;

	if (!one)
		return say_no_memory();
	rc = oci_platform_parse(&platform, one, &err);
	free(one);
	if (rc)
		return say_refused(parse->command, "", &err);
	for (size_t i = 0; i < out->count; i++)
		if (oci_platform_equal(&out->items[i], &platform))
			return say_usage(parse->command,
					 "platform '%.*s' is given twice",
					 (int)size, text);
	items = realloc(out->items, (out->count + 1) * sizeof(*items));
	if (!items)
		return say_no_memory();
	out->items = items;
	items[out->count++] = platform;
	return -1;
}

int take_platforms(void *target, const struct parse *parse, const char *value)
{
	int status = -1;

	while (status < 0) {
		size_t size = strcspn(value, ",");

		status = add_platform(target, parse, value, size);
		if (!value[size])
			break;
		value += size + 1;
	}
	return status;
}

int take_platform(void *target, const struct parse *parse, const char *value)
{
	((struct platforms *)target)->count = 0;
	return add_platform(target, parse, value, strlen(value));
}

int take_variable(void *target, const struct parse *parse, const char *value)
{
	const char *equals = strchr(value, '=');
	struct oci_error err;
	char *name;
	int rc;

	if (!equals || equals == value)
		return say_usage(parse->command,
				 "--set '%s' is not NAME=VALUE", value);
	name = strndup(value, (size_t)(equals - value));
	if (!name)
		return say_no_memory();
	rc = oci_pairs_set(target, name, equals + 1, &err);
	free(name);
	return rc ? say_error(&err) : -1;
}

int take_string(void *target, const struct parse *parse, const char *value)
{
	struct oci_error err;

	(void)parse;
	return oci_strings_add(target, value, &err) ? say_error(&err) : -1;
}

int take_compression(void *target, const struct parse *parse, const char *value)
{
	struct compression *out = target;
	struct oci_error err;

	return oci_compression_parse(&out->kind, &out->level, value, &err)
		       ? say_refused(parse->command, "--", &err)
		       : -1;
}
