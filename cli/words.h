/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the command line that are none of the command's, and what was
 * probably meant by them. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include <stdbool.h>

#include "cli.h"

/* Whether word is the name of a command. main.c has the list. */
bool is_command(const char *word);
/* The names of all commands; *count gets their number. */
const char *const *command_names(size_t *count);

/* Whether word can be neither a command nor a spec: no file has that name, and
 * the name has no extension and no folder. */
bool is_unknown_word(const char *word);
/* Says that word is no command, and which one is near. Returns EXIT_USAGE. */
int say_unknown_command(const char *word);

#endif
