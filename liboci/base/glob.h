/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns over paths: "*" and "?" stay within a part, "[a-z]" and "[!a-z]"
 * are one byte of a part, "**" as a whole part is any number of parts. A
 * backslash takes the next character as it is.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* Whether all of path matches pattern. Linear in both but for stars. */
bool oci_glob_match(const char *pattern, const char *path);
/* Whether pattern has a character that means more than itself. */
bool oci_glob_magic(const char *pattern);
/*
 * Whether something below dir could match pattern, so that a walk need not
 * enter folders in vain.
 */
bool oci_glob_below(const char *pattern, const char *dir);

#endif
