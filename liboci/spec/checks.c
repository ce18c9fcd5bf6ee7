/* SPDX-License-Identifier: Apache-2.0 */
/* The 'lint' of a spec. The linter checks the names of rules. */
#include "spec/checks.h"

#include <string.h>

#include <oci/spec.h>

#include "base/number.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A size: "100MB", "64MiB" or bytes. */
static bool decode_size(struct oci_decoder *d, const struct oci_yaml *node,
			void *out)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "", 1 }, { "B", 1 },
		{ "kB", 1000 }, { "KiB", 1024 },
		{ "MB", 1000 * 1000 }, { "MiB", 1024 * 1024 },
		{ "GB", 1000 * 1000 * 1000 }, { "GiB", 1024 * 1024 * 1024 },
	};
	char digits[24] = "";
	const char *text;
	uint64_t number;
	size_t size;

	if (!oci_decode_word(d, node, &text))
		return false;
	size = strspn(text, "0123456789");
	if (size < sizeof(digits))
		memcpy(digits, text, size);
	for (size_t i = 0; i < COUNT(units); i++) {
		if (strcmp(text + size, units[i].name) != 0 ||
		    !oci_number_parse(&number, digits, 10,
				      UINT64_MAX / units[i].bytes) ||
		    !number)
			continue;
		*(uint64_t *)out = number * units[i].bytes;
		return true;
	}
	return oci_diagnose(d->report, node, "'%s' is '%s', expected a size "
			    "such as 100MB", d->key, text);
}

static bool decode_level(struct oci_decoder *d, const struct oci_yaml *node,
			 void *out)
{
	static const char *const levels[] = {
		"off", "note", "warning", "error",
	};
	const char *text;

	if (!oci_decode_word(d, node, &text))
		return false;
	for (size_t i = 0; i < COUNT(levels); i++) {
		if (strcmp(text, levels[i]) != 0)
			continue;
		*(const char **)out = levels[i];
		return true;
	}
	return oci_diagnose(d->report, node, "'%s' is '%s', expected off, "
			    "note, warning or error", d->key, text);
}

static const struct oci_field exception_fields[] = {
	{ "rule", oci_decode_word, offsetof(struct oci_spec_exception, rule),
	  true },
	{ "path", oci_decode_word, offsetof(struct oci_spec_exception, path),
	  false },
	{ "level", decode_level, offsetof(struct oci_spec_exception, level),
	  false },
	{ "reason", oci_decode_word,
	  offsetof(struct oci_spec_exception, reason), true },
};

static bool decode_ignore(struct oci_decoder *d, const struct oci_yaml *node,
			  void *out)
{
	struct oci_spec_checks *checks = out;
	struct oci_spec_exception *items;
	bool good = true;

	if (node->type != OCI_YAML_SEQUENCE)
		return oci_diagnose(d->report, node, "'%s' is %s, expected a "
				    "list", d->key, oci_yaml_kind(node));
	items = oci_arena_alloc(d->arena, node->count * sizeof(*items));
	if (!items)
		return oci_diagnose_nomem(d->report);
	for (size_t i = 0; i < node->count; i++) {
		items[i].level = "off";
		good &= oci_decode_mapping(d, node->items[i], "an exception",
					   exception_fields,
					   COUNT(exception_fields), &items[i]);
		items[i].position = oci_decode_origin(d, node->items[i]);
	}
	checks->exceptions = items;
	checks->exception_count = node->count;
	return good;
}

static const struct oci_field fields[] = {
	{ "ignore", decode_ignore, 0, false },
	{ "size-budget", decode_size,
	  offsetof(struct oci_spec_checks, size_budget), false },
};

bool oci_decode_checks(struct oci_decoder *d, const struct oci_yaml *node,
		       void *out)
{
	return oci_decode_mapping(d, node, "'lint'", fields, COUNT(fields),
				  out);
}
