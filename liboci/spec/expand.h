/* SPDX-License-Identifier: Apache-2.0 */
/* "${NAME}" in the values of a spec. */
#ifndef SPEC_EXPAND_H
#define SPEC_EXPAND_H

#include "spec/scope.h"

/*
 * The value of a scalar with its variables put in; "$${" is a literal "${",
 * any other "$" is itself. *text ends in a NUL that *size does not count, and
 * is borrowed from the node or lives in the scope's arena. False when
 * something is wrong, which was reported.
 */
bool oci_expand(const char **text, size_t *size, struct oci_scope *scope,
		const struct oci_yaml *node);
/* The length of the variable's name that text starts with, or 0. */
size_t oci_expand_name(const char *text);

#endif
