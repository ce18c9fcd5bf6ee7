/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A parsed spec as a graph of nodes with their positions. Aliases share nodes;
 * there are no cycles. Nodes live in the loader's arena.
 */
#ifndef SPEC_NODE_H
#define SPEC_NODE_H

#include <stdbool.h>
#include <stddef.h>

enum oci_yaml_type {
	OCI_YAML_SCALAR,
	OCI_YAML_SEQUENCE,
	OCI_YAML_MAPPING
};

struct oci_yaml {
	enum oci_yaml_type type;
	bool plain;		/* a scalar without quotes */
	bool open;		/* while loading: its end was not read yet */
	unsigned line;		/* from 1 */
	unsigned column;	/* from 1, in characters */
	const char *text;	/* of a scalar; may contain NULs, ends in one */
	size_t size;
	struct oci_yaml **items;/* of a mapping: key, value, key, value ... */
	size_t count;		/* of items: even in a mapping */
	size_t weight;		/* the cost of visiting it and everything in
				 * it */
};

/* Returns whether node is the scalar `text`. */
bool oci_yaml_is(const struct oci_yaml *node, const char *text);
/* Returns whether node is a plain "null", "~" or empty. */
bool oci_yaml_null(const struct oci_yaml *node);
/* Returns the key node, or the value, of a key in a mapping; or NULL. */
const struct oci_yaml *oci_yaml_key(const struct oci_yaml *mapping,
				    const char *key);
const struct oci_yaml *oci_yaml_get(const struct oci_yaml *mapping,
				    const char *key);
/* Returns "a text", "null", "a list" or "a mapping". */
const char *oci_yaml_kind(const struct oci_yaml *node);

#endif
