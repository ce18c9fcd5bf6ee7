/* SPDX-License-Identifier: Apache-2.0 */
/* Questions on a terminal. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>

/* Whether standard input is a terminal, on which the user can be asked. */
bool can_ask(void);
/*
 * Writes prompt to stderr and returns the line that the user types, without its
 * end; the caller frees it. Without echo the terminal does not show the line.
 * catch_signals has been called: a signal ends the question, and the terminal
 * is as it was. NULL, and it was said why, if a signal came, nothing was typed
 * or memory ran out.
 */
char *ask(const char *prompt, bool echo);

#endif
