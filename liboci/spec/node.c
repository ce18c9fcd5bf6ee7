/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that read nodes. */
#include "spec/node.h"

#include <string.h>

bool oci_yaml_is(const struct oci_yaml *node, const char *text)
{
	return node->type == OCI_YAML_SCALAR && node->size == strlen(text) &&
	       memcmp(node->text, text, node->size) == 0;
}

bool oci_yaml_null(const struct oci_yaml *node)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	if (node->type != OCI_YAML_SCALAR || !node->plain)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (oci_yaml_is(node, words[i]))
			return true;
	return false;
}

static size_t find(const struct oci_yaml *mapping, const char *key)
{
	size_t i = 0;

	if (mapping->type != OCI_YAML_MAPPING)
		return mapping->count;
	while (i < mapping->count && !oci_yaml_is(mapping->items[i], key))
		i += 2;
	return i;
}

const struct oci_yaml *oci_yaml_key(const struct oci_yaml *mapping,
				    const char *key)
{
	size_t i = find(mapping, key);

	return i < mapping->count ? mapping->items[i] : NULL;
}

const struct oci_yaml *oci_yaml_get(const struct oci_yaml *mapping,
				    const char *key)
{
	size_t i = find(mapping, key);

	return i < mapping->count ? mapping->items[i + 1] : NULL;
}

const char *oci_yaml_kind(const struct oci_yaml *node)
{
	switch (node->type) {
	case OCI_YAML_SEQUENCE:
		return "a list";
	case OCI_YAML_MAPPING:
		return "a mapping";
	default:
		return oci_yaml_null(node) ? "null" : "a text";
	}
}
