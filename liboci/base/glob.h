/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns of paths: "*" and "?" match within a part, "[a-z]" and "[!a-z]"
 * match one byte of a part, and "**" as a whole part matches any number of
 * parts. A backslash makes the next character a literal one.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* Returns whether pattern matches all of path. The time is linear in both if
 * there are no stars. */
bool oci_glob_match(const char *pattern, const char *path);
/* Returns whether pattern has a character that is not a literal one. */
bool oci_glob_magic(const char *pattern);
/*
 * Returns whether pattern could match something below dir; if not, a walk need
 * not enter dir.
 */
bool oci_glob_below(const char *pattern, const char *dir);

#endif
