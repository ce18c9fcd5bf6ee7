/* SPDX-License-Identifier: Apache-2.0 */
/* Variables in the values of a spec: "${NAME}". */
#ifndef SPEC_EXPAND_H
#define SPEC_EXPAND_H

#include "spec/scope.h"

/*
 * Expands the variables of a scalar. "$${" becomes "${"; any other "$" stays.
 * *text ends in a NUL that *size does not count; it is borrowed from the node
 * or in the scope's arena. Returns false after reporting an error.
 */
bool oci_expand(const char **text, size_t *size, struct oci_scope *scope,
		const struct oci_yaml *node);
/* Returns the length of the variable name at the start of text, or 0. */
size_t oci_expand_name(const char *text);

#endif
