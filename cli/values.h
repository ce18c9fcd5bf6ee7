/* SPDX-License-Identifier: Apache-2.0 */
/* Values of options that several commands have. The functions are take
 * functions of struct cli_option; their target is the member at its offset. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli.h"
#include "command.h"

struct platforms {
	struct oci_platform *items; /* the command frees them */
	size_t count;
};

/* P[,P]; the target is a struct platforms. None may be given twice. */
int take_platforms(void *target, const struct parse *parse, const char *value);
/* One platform, which replaces an earlier one. */
int take_platform(void *target, const struct parse *parse, const char *value);
/* NAME=VALUE; the target is a struct oci_pairs. */
int take_variable(void *target, const struct parse *parse, const char *value);
/* Any text; the target is a struct oci_strings. */
int take_string(void *target, const struct parse *parse, const char *value);

/* --compression; its target. */
struct compression {
	enum oci_compression kind;
	int level;
};

int take_compression(void *target, const struct parse *parse,
		     const char *value);

#endif
