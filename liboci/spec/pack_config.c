/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merges the config of a spec into that of its base, as a Dockerfile does:
 * lists and maps by name, single values are replaced, and an entrypoint removes
 * the base's command.
 */
#include "spec/pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/table.h"
#include "base/text.h"

static int copy_texts(struct oci_strings *out, const struct oci_strings *from,
		      struct oci_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < from->count; i++)
		rc = oci_strings_add(out, from->items[i], err);
	return rc;
}

static int replace_texts(struct oci_strings *out,
			 const struct oci_strings *from, struct oci_error *err)
{
	oci_strings_release(out);
	return copy_texts(out, from, err);
}

/* Returns the size of "NAME=" of a variable, or of the whole text. */
static size_t name_size(const char *text, bool variables)
{
	size_t size = strlen(text), name = strcspn(text, "=") + 1;

	return variables && name <= size ? name : size;
}

/* If a base has a variable twice, its last value counts, as in engines. */
static int drop_duplicates(struct oci_table *numbers, struct oci_strings *list,
			   struct oci_error *err)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < list->count; i++) {
		char *text = list->items[i];
		size_t size = name_size(text, true);
		size_t number =
			(size_t)(uintptr_t)oci_table_get(numbers, text, size);

		if (!rc)
			rc = oci_table_set(numbers, text, size,
					   (void *)(number ? number : kept + 1),
					   err);
		if (!rc && number) {
			free(list->items[number - 1]);
			list->items[number - 1] = text;
		} else {
			list->items[kept++] = text;
		}
	}
	list->count = kept;
	return rc;
}

/* Adds the name of the text at index to the table; the first one counts. */
static int add_name(struct oci_table *numbers, struct oci_strings *list,
		    size_t index, bool variables, struct oci_error *err)
{
	char *text = list->items[index];
	size_t size = name_size(text, variables);

	if (oci_table_get(numbers, text, size))
		return 0;
	/* Items move while the list grows, but their texts do not. */
	return oci_table_set(numbers, text, size, (void *)(index + 1), err);
}

/* Replaces a text and, first, the table's key, which is in it. */
static int replace_one(struct oci_table *numbers, char **item, const char *text,
		       size_t number, struct oci_error *err)
{
	char *copy;
	int rc = oci_text_copy(&copy, text, err);

	if (rc)
		return rc;
	rc = oci_table_set(numbers, copy, name_size(copy, true), (void *)number,
			   err);
	if (rc) {
		free(copy);
		return rc;
	}
	free(*item);
	*item = copy;
	return 0;
}

static int merge_one(struct oci_table *numbers, struct oci_strings *out,
		     const char *text, bool variables, struct oci_error *err)
{
	size_t number = (size_t)(uintptr_t)oci_table_get(
		numbers, text, name_size(text, variables));
	int rc;

	if (number && !variables)
		return 0;
	if (number)
		return replace_one(numbers, &out->items[number - 1], text,
				   number, err);
	rc = oci_strings_add(out, text, err);
	return rc ? rc : add_name(numbers, out, out->count - 1, variables, err);
}

/* Adds texts that `out` lacks; a variable replaces the base's. */
static int merge_texts(struct oci_strings *out, const struct oci_strings *from,
		       bool variables, struct oci_error *err)
{
	struct oci_table numbers = { 0 };
	int rc = 0;

	if (variables && from->count)
		rc = drop_duplicates(&numbers, out, err);
	for (size_t i = 0; !rc && from->count && i < out->count; i++)
		rc = add_name(&numbers, out, i, variables, err);
	for (size_t i = 0; !rc && i < from->count; i++)
		rc = merge_one(&numbers, out, from->items[i], variables, err);
	oci_table_release(&numbers);
	return rc;
}

int oci_pack_pairs(struct oci_pairs *out, const struct oci_pairs *from,
		   struct oci_error *err)
{
	return oci_pairs_merge(out, from->items, from->count, err);
}

static int merge_health(struct oci_healthcheck *out,
			const struct oci_healthcheck *from,
			struct oci_error *err)
{
	if (!from->test.count)
		return 0;
	out->interval = from->interval;
	out->timeout = from->timeout;
	out->start_period = from->start_period;
	out->start_interval = from->start_interval;
	out->retries = from->retries;
	return replace_texts(&out->test, &from->test, err);
}

static int merge_text(char **out, const char *from, struct oci_error *err)
{
	return from ? oci_text_set(out, from, err) : 0;
}

static int merge_command(struct oci_config *out,
			 const struct oci_plan_settings *from,
			 struct oci_error *err)
{
	int rc = 0;

	if (from->has_entrypoint) {
		oci_strings_release(&out->cmd);
		rc = replace_texts(&out->entrypoint, &from->entrypoint, err);
	}
	if (!rc && from->has_cmd)
		rc = replace_texts(&out->cmd, &from->cmd, err);
	return rc;
}

int oci_pack_config(struct oci_config *out,
		    const struct oci_plan_settings *from,
		    struct oci_error *err)
{
	int rc = merge_text(&out->user, from->user, err);

	if (!rc)
		rc = merge_text(&out->working_dir, from->working_dir, err);
	if (!rc)
		rc = merge_text(&out->stop_signal, from->stop_signal, err);
	if (!rc)
		rc = merge_texts(&out->env, &from->env, true, err);
	if (!rc)
		rc = merge_command(out, from, err);
	if (!rc)
		rc = merge_texts(&out->exposed_ports, &from->exposed_ports,
				 false, err);
	if (!rc)
		rc = merge_texts(&out->volumes, &from->volumes, false, err);
	if (!rc)
		rc = oci_pack_pairs(&out->labels, &from->labels, err);
	if (!rc)
		rc = merge_health(&out->healthcheck, &from->healthcheck, err);
	return rc;
}
