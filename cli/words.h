/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong words of the command line, and what was probably meant by them. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <stdbool.h>

#include "cli.h"

/* Whether word can be neither a command nor a spec: no file has that name, and
 * the name has no extension and no folder. */
bool is_unknown_word(const char *word);
/* Says that no command is called word, and which one was probably meant.
 * Returns EXIT_USAGE. */
int say_unknown_command(const char *word);

/*
 * Says what is wrong with the option that getopt_long refused last: that it is
 * unknown, and which option was probably meant, or that its value is lacking.
 * Returns EXIT_USAGE.
 */
struct option;
int say_unknown_option(const char *command, const struct option *options,
		       char **argv);

#endif
