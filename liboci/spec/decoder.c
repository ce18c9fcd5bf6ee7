/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes mappings with tables of keys, texts, lists and maps. */
#include "spec/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/suggest.h"
#include "spec/expand.h"
#include "spec/plan.h"
#include "spec/suggestion.h"

enum { HINT_MAX = 1024, KEYS_MAX = 32 };

static void unknown_key(struct oci_decoder *d, const struct oci_yaml *key,
			const char *noun, const struct oci_field *fields,
			size_t count)
{
	const char *names[KEYS_MAX], *meant;
	struct oci_buf hint;
	size_t n = 0;

	if (oci_yaml_is(key, "<<")) {
		oci_diagnose(d->report, key, "merge keys ('<<') are not "
			     "supported, expected the keys themselves");
		return;
	}
	meant = oci_suggest_key(noun, key->text);
	if (meant) {
		oci_diagnose(d->report, key, "unknown key '%s' in %s, %s",
			     key->text, noun, meant);
		return;
	}
	if (!oci_diagnostics_hint(d->report))
		return;
	for (; n < count && n < KEYS_MAX; n++)
		names[n] = fields[n].key;
	oci_buf_init(&hint, HINT_MAX);
	if (oci_suggest_text(&hint, names, n, key->text, NULL))
		oci_diagnose_nomem(d->report);
	else
		oci_diagnose(d->report, key, "unknown key '%s' in %s%s",
			     key->text, noun, hint.data);
	oci_buf_release(&hint);
}

static const struct oci_field *find(const struct oci_field *fields,
				    size_t count, const struct oci_yaml *key)
{
	for (size_t i = 0; i < count; i++)
		if (oci_yaml_is(key, fields[i].key))
			return &fields[i];
	return NULL;
}

bool oci_decode_mapping(struct oci_decoder *d, const struct oci_yaml *node,
			const char *noun, const struct oci_field *fields,
			size_t count, void *out)
{
	const char *outer = d->key;
	bool good = true, strange = false;

	if (node->type != OCI_YAML_MAPPING)
		return oci_diagnose(d->report, node, "%s is %s, expected a "
				    "mapping with keys such as '%s'", noun,
				    oci_yaml_kind(node), fields[0].key);
	for (size_t i = 0; i < node->count; i += 2) {
		const struct oci_yaml *key = node->items[i];
		const struct oci_field *field = find(fields, count, key);

		if (!field) {
			unknown_key(d, key, noun, fields, count);
			strange = true;
			continue;
		}
		d->key = field->key;
		good &= field->decode(d, node->items[i + 1],
				      (char *)out + field->offset);
	}
	d->key = outer;
	/* An unknown key may be a misspelled required one, so do not report
	 * that one as missing. */
	for (size_t i = 0; !strange && i < count; i++)
		if (fields[i].required && !oci_yaml_key(node, fields[i].key))
			good = oci_diagnose(d->report, node, "%s has no '%s', "
					    "expected one", noun,
					    fields[i].key);
	return good && !strange;
}

bool oci_decode_empty(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	(void)out;
	if (node->type == OCI_YAML_MAPPING && node->count == 0)
		return true;
	return oci_diagnose(d->report, node, "'%s' is %s, expected {}: mode "
			    "and owner are keys of the entry", d->key,
			    node->type == OCI_YAML_MAPPING ? "not empty" :
			    oci_yaml_kind(node));
}

bool oci_decode_bytes(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	struct oci_plan_bytes *bytes = out;
	const char *text;
	size_t size;

	if (node->type != OCI_YAML_SCALAR)
		return oci_diagnose(d->report, node, "'%s' is %s, expected a "
				    "text", d->key, oci_yaml_kind(node));
	if (oci_yaml_null(node))
		return oci_diagnose(d->report, node, "'%s' has no value, "
				    "expected a text: \"\" is the empty one",
				    d->key);
	if (!oci_expand(&text, &size, d->scope, node))
		return false;
	*bytes = (struct oci_plan_bytes){text, size};
	return true;
}

bool oci_decode_text(struct oci_decoder *d, const struct oci_yaml *node,
		     void *out)
{
	struct oci_plan_bytes bytes;

	if (!oci_decode_bytes(d, node, &bytes))
		return false;
	if (memchr(bytes.data, '\0', bytes.size))
		return oci_diagnose(d->report, node, "'%s' holds a NUL, "
				    "expected a text without", d->key);
	*(const char **)out = bytes.data;
	return true;
}

bool oci_decode_word(struct oci_decoder *d, const struct oci_yaml *node,
		     void *out)
{
	const char *text;

	if (!oci_decode_text(d, node, &text))
		return false;
	if (!*text)
		return oci_diagnose(d->report, node, "'%s' is empty, expected "
				    "a text", d->key);
	*(const char **)out = text;
	return true;
}

bool oci_decode_list(struct oci_decoder *d, const struct oci_yaml *node,
		     oci_check_fn *check, struct oci_strings *out)
{
	struct oci_strings list = {0};
	bool good = true;

	if (node->type != OCI_YAML_SEQUENCE)
		return oci_diagnose(d->report, node, "'%s' is %s, expected a "
				    "list such as [\"...\", \"...\"]", d->key,
				    oci_yaml_kind(node));
	list.items = oci_arena_alloc(d->arena,
				     node->count * sizeof(*list.items));
	if (!list.items)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i++) {
		const char *text;

		if (node->items[i]->type != OCI_YAML_SCALAR) {
			good = oci_diagnose(d->report, node->items[i], "'%s' "
					    "holds %s, expected texts only",
					    d->key,
					    oci_yaml_kind(node->items[i]));
			continue;
		}
		if (!oci_decode_text(d, node->items[i], &text) ||
		    (check && !check(d, node->items[i], text))) {
			good = false;
			continue;
		}
		/* Lists in the public headers are not const. */
		list.items[list.count] = oci_arena_text(d->arena, text);
		if (!list.items[list.count++])
			return oci_diagnose_nomem(d->report);
	}
	if (good)
		*out = list;
	return good;
}

bool oci_decode_texts(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	return oci_decode_list(d, node, NULL, out);
}

static int compare_keys(const void *left, const void *right)
{
	const struct oci_pair *a = left, *b = right;

	return strcmp(a->key, b->key);
}

static bool decode_pair(struct oci_decoder *d, const struct oci_yaml *key,
			const struct oci_yaml *value, struct oci_pair *out)
{
	const char *outer = d->key, *text;
	bool good;

	if (!key->size || strlen(key->text) != key->size)
		return oci_diagnose(d->report, key, "a key of '%s' is empty or "
				    "holds a NUL, expected a name", d->key);
	d->key = key->text;
	good = oci_decode_text(d, value, &text);
	d->key = outer;
	if (!good)
		return false;
	out->key = oci_arena_text(d->arena, key->text);
	out->value = oci_arena_text(d->arena, text);
	if (!out->key || !out->value)
		return oci_diagnose_nomem(d->report);
	return true;
}

bool oci_decode_pairs(struct oci_decoder *d, const struct oci_yaml *node,
		      void *out)
{
	struct oci_pairs map = {0};
	bool good = true;

	if (node->type != OCI_YAML_MAPPING)
		return oci_diagnose(d->report, node, "'%s' is %s, expected a "
				    "mapping of names to texts", d->key,
				    oci_yaml_kind(node));
	map.items = oci_arena_alloc(d->arena,
				    node->count / 2 * sizeof(*map.items));
	if (!map.items)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i += 2)
		if (decode_pair(d, node->items[i], node->items[i + 1],
				&map.items[map.count]))
			map.count++;
		else
			good = false;
	if (!good)
		return false;
	qsort(map.items, map.count, sizeof(*map.items), compare_keys);
	*(struct oci_pairs *)out = map;
	return true;
}

const char *oci_decode_origin(struct oci_decoder *d,
			      const struct oci_yaml *node)
{
	struct oci_buf text;
	const char *position = NULL;

	oci_buf_init(&text, OCI_ERROR_MESSAGE);
	if (!oci_buf_format(&text, NULL, "%.1500s:%u:%u", d->report->file,
			    node->line, node->column))
		position = oci_arena_text(d->arena, text.data);
	if (!position)
		oci_diagnose_nomem(d->report);
	oci_buf_release(&text);
	return position;
}
